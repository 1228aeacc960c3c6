package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RedirectorTest {
    private final List<String> heard = new ArrayList<>();

    private final Redirector.Listener listener =
            new Redirector.Listener() {
                @Override
                public void serves() {
                    heard.add("serves");
                }

                @Override
                public void ended(String why) {
                    heard.add("ended: " + why);
                }

                @Override
                public Optional<String> refusal(String name) {
                    heard.add("may " + name);
                    return name.equals("good.example") ? Optional.empty() : Optional.of("no such");
                }
            };

    @Test
    void a_question_gets_one_line() throws Exception {
        assertThat(said("may good.example\nmay bad.example\n"))
                .isEqualTo("yes good.example\nno bad.example no such\n");
    }

    @Test
    void why_it_does_not_serve_is_the_last_thing_it_said() throws Exception {
        String _ =
                said("sudo: a password is required\nended\nfailed port 53 is taken\nended\nup\n");

        assertThat(heard)
                .containsExactly(
                        "ended: sudo: a password is required",
                        "ended: port 53 is taken",
                        "serves",
                        "ended: the connection that it needs has ended");
    }

    @Test
    void of_a_line_without_end_no_more_than_its_beginning_is_kept() throws Exception {
        String answer = said("may " + "a".repeat(1 << 20) + "\nmay good.example\n");

        assertThat(answer).hasSizeLessThan(1_100).endsWith("\nyes good.example\n");
    }

    @Test
    void whatever_a_question_holds_its_answer_is_a_line_of_ascii() throws Exception {
        assertThat(said("may \u00e9\r\u001b[31m\u0000\n")).matches("no [ -~]* no such\n");
    }

    private String said(String lines) throws IOException {
        var answers = new ByteArrayOutputStream();
        new Redirector(listener)
                .run(new GuestText(new ByteArrayInputStream(lines.getBytes(UTF_8))), answers);
        return answers.toString(UTF_8);
    }
}
