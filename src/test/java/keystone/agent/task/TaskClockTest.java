package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import keystone.agent.model.TaskOrder.Limits;
import org.junit.jupiter.api.Test;

final class TaskClockTest {
    private static final Duration STALL = Duration.ofMinutes(10);

    private final TaskClock clock = new TaskClock(new Limits(null, STALL, null));

    private static long longAgo() {
        return System.nanoTime() - 2 * STALL.toNanos();
    }

    @Test
    void a_silent_agent_is_looked_at_when_it_is_time_to_say_so_and_then_seldom() {
        long lastWord = longAgo();

        assertThat(clock.pause(lastWord, false)).isZero();
        assertThat(clock.stalled(lastWord, false)).isPresent();
        assertThat(clock.pause(lastWord, false)).isGreaterThan(Duration.ofSeconds(10));
    }

    /// Somebody may take a night to answer.
    @Test
    void one_that_waits_for_an_answer_is_looked_at_seldom() {
        assertThat(clock.pause(longAgo(), true)).isGreaterThan(Duration.ofSeconds(10));
        assertThat(clock.stalled(longAgo(), true)).isEmpty();
    }
}
