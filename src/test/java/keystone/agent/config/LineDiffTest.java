package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LineDiffTest {
    @Test
    void what_stayed_what_went_and_what_came_are_told_apart() {
        assertThat(LineDiff.between("a\nb\nc\nd\n", "a\nc\nx\nd\n"))
                .containsExactly("  a", "- b", "  c", "+ x", "  d");
    }

    @Test
    void an_addition_at_the_end_and_a_first_line_are_found() {
        assertThat(LineDiff.between("a", "a\nb")).containsExactly("  a", "+ b");
        assertThat(LineDiff.between("", "a")).containsExactly("+ a");
        assertThat(LineDiff.between("a\na\n", "a\n")).containsExactly("  a", "- a");
    }

    @Test
    void a_long_change_is_shown_whole() {
        String before = numbered(0, 2000);
        String after = numbered(5000, 7000);

        assertThat(LineDiff.between(before, after))
                .hasSize(4000)
                .startsWith("- 0")
                .endsWith("+ 6999");
    }

    private static String numbered(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n"));
    }
}
