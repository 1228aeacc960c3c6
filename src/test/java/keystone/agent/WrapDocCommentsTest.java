package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;

/// `scripts/wrap-doc-comments`, which spotless runs before the formatter.
final class WrapDocCommentsTest {
    private static final String LONG = "weather ".repeat(15).strip();

    @Test
    void what_is_too_long_flows_into_the_next_line() throws Exception {
        assertThat(wrapped("    /// " + LONG + "\n    /// and so on.\n    ///\n    /// Next.\n"))
                .isEqualTo(
                        "    /// "
                                + "weather ".repeat(11).strip()
                                + "\n    /// weather weather weather weather and so on.\n    ///\n    /// Next.\n");
    }

    @Test
    void an_item_keeps_its_indent_and_the_next_one_its_line() throws Exception {
        assertThat(wrapped("/// - " + LONG + "\n/// - second\n"))
                .isEqualTo(
                        "/// - "
                                + "weather ".repeat(11).strip()
                                + "\n///   weather weather weather weather\n/// - second\n");
    }

    @Test
    void letters_are_counted_not_bytes() throws Exception {
        String umlauts = "/// " + "äöü ".repeat(24).strip() + "\n";

        assertThat(wrapped(umlauts)).isEqualTo(umlauts);
    }

    @Test
    void code_and_short_lines_stay_as_they_are() throws Exception {
        String java =
                "/// Short,\n/// on purpose.\n/// ```\n/// "
                        + LONG
                        + "\n/// ```\nString text = \""
                        + LONG
                        + "\";\n";

        assertThat(wrapped(java)).isEqualTo(java);
    }

    private static String wrapped(String java) throws InterruptedException {
        return Command.of("scripts/wrap-doc-comments")
                .run(Duration.ofSeconds(10), java.getBytes(StandardCharsets.UTF_8))
                .output();
    }
}
