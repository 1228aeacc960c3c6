package keystone.agent.egress;

import java.time.Duration;

/// Lets so much through at once, and one more from time to time; counts the rest. Not thread-safe.
final class Pace {
    private final long most;
    private final Duration oneMoreEvery;
    private long left;
    private long filled = System.nanoTime();
    private long passedOver;

    Pace(long most, Duration oneMoreEvery) {
        this.most = most;
        this.oneMoreEvery = oneMoreEvery;
        this.left = most;
    }

    boolean allows() {
        long more = (System.nanoTime() - filled) / oneMoreEvery.toNanos();
        filled += more * oneMoreEvery.toNanos();
        left = Math.min(most, left + more);
        if (left == 0) {
            passedOver++;
            return false;
        }
        left--;
        return true;
    }

    /// How many it has not let through since this was last asked.
    long takePassedOver() {
        long taken = passedOver;
        passedOver = 0;
        return taken;
    }
}
