package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import org.junit.jupiter.api.Test;

final class RedactorTest {
    private static final String VALUE = "sk/canary+4d1f\"0a77&b2c9=4e5f";

    private final Redactor redactor = covering("KEY", VALUE);

    private static Redactor covering(String... namesAndValues) {
        var redactor = new Redactor();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            redactor.cover(
                    Secret.of(
                            new SecretName(namesAndValues[i]),
                            namesAndValues[i + 1],
                            Encoding.PLAIN));
        }
        return redactor;
    }

    @Test
    void a_value_is_replaced_by_its_name_wherever_it_stands() {
        assertThat(redactor.redact("a " + VALUE + " b" + VALUE)).isEqualTo("a [KEY] b[KEY]");
        assertThat(redactor.redact("nothing, grüße")).isEqualTo("nothing, grüße");
        assertThat(new Redactor().redact(VALUE)).isEqualTo(VALUE);
    }

    @Test
    void so_it_is_within_a_url_and_within_json() {
        String encoded = URLEncoder.encode(VALUE, StandardCharsets.UTF_8);

        assertThat(redactor.redact("?key=" + encoded + "&x")).isEqualTo("?key=[KEY]&x");
        assertThat(
                        redactor.redact(
                                "?key="
                                        + encoded.replace("%2F", "%2f")
                                                .replace("%2B", "%2b")
                                                .replace("%3D", "%3d")))
                .isEqualTo("?key=[KEY]");
        assertThat(redactor.redact("{\"k\":\"" + VALUE.replace("\"", "\\\"") + "\"}"))
                .isEqualTo("{\"k\":\"[KEY]\"}");
    }

    @Test
    void so_it_is_within_base64_wherever_it_begins_and_ends() {
        for (int before = 0; before < 7; before++) {
            for (int after = 0; after < 7; after++) {
                byte[] bytes =
                        ("b".repeat(before) + VALUE + "a".repeat(after))
                                .getBytes(StandardCharsets.UTF_8);

                for (Base64.Encoder encoder :
                        new Base64.Encoder[] {
                            Base64.getEncoder(),
                            Base64.getUrlEncoder(),
                            Base64.getEncoder().withoutPadding()
                        }) {
                    String shown = redactor.redact("<" + encoder.encodeToString(bytes) + ">");

                    assertThat(shown).contains("[KEY]");
                    // What is left on either side is too little to hold even two characters of it.
                    assertThat(shown.length()).isLessThan("<[KEY]>".length() + 4 * 7);
                }
            }
        }
    }

    @Test
    void it_may_come_in_any_pieces() throws IOException {
        String text = "before " + VALUE + " between " + VALUE + VALUE + " after";
        for (int size = 1; size < text.length(); size++) {
            var out = new ByteArrayOutputStream();
            try (OutputStream through = redactor.over(out)) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                for (int at = 0; at < bytes.length; at += size) {
                    through.write(bytes, at, Math.min(size, bytes.length - at));
                    through.flush();
                    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("canary");
                }
            }

            assertThat(out.toString(StandardCharsets.UTF_8))
                    .as("in pieces of %d", size)
                    .isEqualTo("before [KEY] between [KEY][KEY] after");
        }
    }

    @Test
    void what_cannot_be_the_beginning_of_one_passes_at_once() throws IOException {
        var out = new ByteArrayOutputStream();
        OutputStream through = redactor.over(out);

        through.write("a line\nsk/can".getBytes(StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a line\n");
        through.write("dle".getBytes(StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a line\nsk/candle");
        through.write('s');
        through.close();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a line\nsk/candles");
    }

    @Test
    void of_two_that_begin_alike_the_longer_one_counts() throws IOException {
        Redactor both = covering("SHORT", "canary-1", "LONG", "canary-12345");

        assertThat(both.redact("canary-1 canary-12345 canary-123"))
                .isEqualTo("[SHORT] [LONG] [SHORT]23");
        var out = new ByteArrayOutputStream();
        try (OutputStream through = both.over(out)) {
            through.write("canary-1".getBytes(StandardCharsets.UTF_8));
            through.write("2345".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("[LONG]");
    }

    @Test
    void what_was_replaced_stays_covered() {
        redactor.cover(Secret.of(new SecretName("KEY"), "canary-second", Encoding.PLAIN));

        assertThat(redactor.redact(VALUE + " canary-second")).isEqualTo("[KEY] [KEY]");
    }

    @Test
    void the_newest_is_covered_however_often_it_changes() {
        for (int i = 0; i < 100; i++) {
            redactor.cover(Secret.of(new SecretName("KEY"), "canary-number-" + i, Encoding.PLAIN));
        }

        assertThat(redactor.redact("canary-number-99 canary-number-50")).isEqualTo("[KEY] [KEY]");
    }

    @Test
    void what_is_too_short_to_be_told_apart_is_not_looked_for() {
        assertThat(covering("K", "abc").redact("abcdef YWJj")).isEqualTo("abcdef YWJj");
    }
}
