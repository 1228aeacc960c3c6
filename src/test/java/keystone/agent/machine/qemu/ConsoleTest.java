package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    @Test
    void lines_come_without_their_ends() {
        assertThat(lines("one\r\ntwo\n\nrest")).containsExactly("one", "two", "", "rest");
    }

    @Test
    void a_line_without_an_end_is_cut() {
        List<String> lines = lines("x".repeat(10_000_000) + "\nnext\n");

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).hasSize(Console.LONGEST_LINE);
        assertThat(lines.getLast()).isEqualTo("next");
    }

    @Test
    void bytes_that_are_no_text_do_no_harm() {
        var lines = new ArrayList<String>();

        new Console(lines::add).read(new ByteArrayInputStream(new byte[] {(byte) 0xff, 'a', '\n'}));

        assertThat(lines).containsExactly("\ufffda");
    }

    private static List<String> lines(String text) {
        var lines = new ArrayList<String>();
        new Console(lines::add)
                .read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return lines;
    }
}
