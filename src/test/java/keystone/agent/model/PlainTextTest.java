package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b[31ma\u001b[0m",
                "\u001b]0;a title\u0007a",
                "\u001b]52;c;cm0gLXJm\u001b\\a",
                "\u009b1;31ma",
                "\u009d0;a title\u009ca",
                "\u001bPq#0\u001b\\a",
                "\u001b(Ba",
                "\u001bca"
            })
    void escape_sequences_go_whole(String text) {
        assertThat(PlainText.lines(text)).isEqualTo("a");
    }

    @Test
    void what_is_left_is_safe_to_print() {
        assertThat(PlainText.lines("a\u001b")).isEqualTo("a?");
        assertThat(PlainText.lines("a\u202eb\u200bc\u0007")).isEqualTo("a?b?c?");
    }

    @Test
    void a_carriage_return_overwrites_nothing() {
        assertThat(PlainText.lines("10%\r20%\r\ndone\r")).isEqualTo("10%\n20%\ndone\n");
        assertThat(PlainText.line(" a\r\n\tb ")).isEqualTo("a b");
    }

    @Test
    void a_title_that_does_not_end_takes_no_more_than_its_line() {
        assertThat(PlainText.lines("\u001b]0;never ends\nnext")).isEqualTo("\nnext");
    }
}
