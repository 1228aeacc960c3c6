package keystone.agent.task;

import java.time.Duration;
import java.util.Optional;
import keystone.agent.model.TaskOrder;
import org.jspecify.annotations.Nullable;

/// The two limits of time.
final class TaskClock {
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

    private final TaskOrder.Limits limits;
    private long began = System.nanoTime();
    private long told;

    TaskClock(TaskOrder.Limits limits) {
        this.limits = limits;
    }

    void begin() {
        began = System.nanoTime();
    }

    /// Until there may be something to look at.
    ///
    /// @param waits for somebody's answer, so that its silence means nothing
    Duration pause(long lastWord, boolean waits) {
        long now = System.nanoTime();
        Duration timeout = limits.timeout();
        long left = LONGEST_LOOK.toNanos();
        if (timeout != null) {
            left = Math.min(left, began + timeout.toNanos() - now);
        }
        if (told != lastWord && !waits) {
            left = Math.min(left, lastWord + limits.stall().toNanos() - now);
        }
        return Duration.ofNanos(Math.max(0, left));
    }

    boolean isOver() {
        Duration timeout = limits.timeout();
        return timeout != null && System.nanoTime() - began >= timeout.toNanos();
    }

    String timeout() {
        return words(limits.timeout());
    }

    /// What to say when nothing was heard for too long; once.
    Optional<String> stalled(long lastWord, boolean waits) {
        if (told == lastWord || waits || System.nanoTime() - lastWord < limits.stall().toNanos()) {
            return Optional.empty();
        }
        told = lastWord;
        return Optional.of("nothing was heard of the agent for " + words(limits.stall()));
    }

    private static String words(@Nullable Duration time) {
        long seconds = time == null ? 0 : time.toSeconds();
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
    }
}
