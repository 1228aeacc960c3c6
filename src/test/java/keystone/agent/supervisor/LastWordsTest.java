package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LastWordsTest {
    private final LastWords words = new LastWords();

    @Test
    void what_was_said_at_the_last_attempt_is_not_said_again() {
        assertThat(words.unsaid(List.of("one", "two", "two"))).containsExactly("one", "two");
        assertThat(words.unsaid(List.of("two", "three"))).containsExactly("three");
        assertThat(words.unsaid(List.of())).isEmpty();
        assertThat(words.unsaid(List.of("two"))).containsExactly("two");
    }

    @Test
    void of_many_and_of_long_ones_only_a_beginning_counts() {
        String longOne = "x".repeat(1 << 20);

        assertThat(words.unsaid(List.of(longOne + 1))).hasSize(1);
        assertThat(words.unsaid(List.of(longOne + 2))).isEmpty();
        assertThat(words.unsaid(IntStream.range(0, 9_999).mapToObj(i -> "no " + i).toList()))
                .hasSizeLessThan(200);
    }
}
