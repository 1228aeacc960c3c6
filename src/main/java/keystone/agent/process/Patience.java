package keystone.agent.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waiting for what the kernel tells nobody about: it can only be looked at again and again.
public final class Patience {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private Patience() {}

    /// Looks until the condition holds, at the latest when the limit has passed. An interrupt ends
    /// the waiting early and stays set.
    ///
    /// @return whether the condition held
    public static boolean until(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() < deadline && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            holds = condition.getAsBoolean();
        }
        return holds;
    }
}
