package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnedTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void what_was_owned_last_is_closed_first() {
        var owned = new Owned();
        owned.own(() -> closed.add("first"));
        owned.own(() -> closed.add("second"));

        owned.close();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void a_failure_keeps_nothing_open() {
        var owned = new Owned();
        owned.own(() -> closed.add("first"));
        owned.own(
                () -> {
                    throw new IllegalStateException("stuck");
                });

        assertThatThrownBy(owned::close).hasMessage("stuck");
        assertThat(closed).containsExactly("first");
    }

    @Test
    void what_comes_too_late_is_closed_at_once() {
        var owned = new Owned();
        owned.close();

        assertThatThrownBy(() -> owned.own(() -> closed.add("late")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(closed).containsExactly("late");
    }
}
