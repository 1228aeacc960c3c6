package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LastLinesTest {
    @Test
    void the_last_lines_with_something_in_them_are_what_counts() {
        assertThat(LastLines.of("one\n\ntwo\nthree\n \n", 2)).containsExactly("two", "three");
        assertThat(LastLines.of("\n\n", 2)).isEmpty();
        assertThat(LastLines.of("x\n".repeat(1 << 20) + "fatal: no\n", 1))
                .containsExactly("fatal: no");
        assertThat(LastLines.of("x".repeat(1 << 20), 1).getFirst()).hasSizeLessThan(1_000);
    }
}
