package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DotEnvTextTest {
    private static Map<String, String> parsed(String text) {
        return DotEnvText.parse(".env", text);
    }

    @Test
    void variables_comments_and_quotes_are_understood() {
        String text =
                """
                # a comment
                PLAIN=abc-123_+/=

                export EXPORTED=1
                  SPACED = value with blanks   # and a comment
                HASH=a#b
                SINGLE='a "b" $c \\n #d'  # comment
                DOUBLE="a 'b' \\$c \\n #d"
                LINES="one
                # two
                NOT=three"
                EMPTY=
                LAST=x\
                """;

        assertThat(parsed(text))
                .containsOnly(
                        Map.entry("PLAIN", "abc-123_+/="),
                        Map.entry("EXPORTED", "1"),
                        Map.entry("SPACED", "value with blanks"),
                        Map.entry("HASH", "a#b"),
                        Map.entry("SINGLE", "a \"b\" $c \\n #d"),
                        Map.entry("DOUBLE", "a 'b' $c \n #d"),
                        Map.entry("LINES", "one\n# two\nNOT=three"),
                        Map.entry("EMPTY", ""),
                        Map.entry("LAST", "x"));
    }

    @Test
    void a_mark_at_the_beginning_and_names_that_are_only_exported_set_nothing() {
        assertThat(parsed("\uFEFFA=1\nexport A B  # both\nC=3\nexport C"))
                .containsOnly(Map.entry("A", "1"), Map.entry("C", "3"));
    }

    @Test
    void lines_of_windows_are_lines() {
        assertThat(parsed("A=1\r\nB=2\r\n")).containsOnly(Map.entry("A", "1"), Map.entry("B", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "canary",
                "A=1\nA=canary",
                "A=$canary",
                "A=\"${canary}\"",
                "A=`canary`",
                "A=\"canary",
                "A='canary' canary",
                "A=can\"ary",
                "A=\"\\x canary\"",
                "A=canary\\",
                "1A=canary",
                "=canary"
            })
    void what_two_readers_would_understand_differently_is_refused(String text) {
        assertThatThrownBy(() -> parsed(text))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.fix()).isNotBlank())
                .hasMessageContaining("of .env")
                .hasMessageNotContaining("canary");
    }

    @Test
    void the_line_is_named() {
        assertThatThrownBy(() -> parsed("A=1\n\n# x\nB=\"two\nlines\"\nnonsense here"))
                .hasMessageStartingWith("line 6 of .env");
        assertThatThrownBy(() -> parsed("A=1\nB=\"never\nends"))
                .hasMessageStartingWith("line 2 of .env");
    }
}
