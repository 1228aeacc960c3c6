package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestTest {
    private static final List<String> VERBS = List.of("start", "status", "stop", "ssh", "restart");

    @Test
    void swaps_and_slips_are_recognised() {
        assertThat(Nearest.likely("strat", VERBS)).hasValue("start");
        assertThat(Nearest.likely("statsu", VERBS)).hasValue("status");
        assertThat(Nearest.likely("resta", VERBS)).hasValue("restart");
    }

    @Test
    void what_is_like_nothing_has_a_nearest_but_no_likely_meaning() {
        assertThat(Nearest.likely("frobnicate", VERBS)).isEmpty();
        assertThat(Nearest.of("frobnicate", VERBS)).isPresent();
        assertThat(Nearest.of("x", List.of())).isEmpty();
    }

    @Test
    void a_huge_word_costs_little() {
        assertThat(Nearest.of("x".repeat(1 << 20), VERBS)).isPresent();
    }
}
