package keystone.agent.task;

/// Since when nothing was heard of an agent, and what was seen from outside that it may wait for.
/// Thread-safe.
final class Silence {
    private volatile long since = System.nanoTime();

    /// Empty until something was seen.
    private volatile String obstacle = "";

    /// It said something.
    void end() {
        obstacle = "";
        begin();
    }

    /// It was told something.
    void begin() {
        since = System.nanoTime();
    }

    /// On the clock of [System#nanoTime].
    long since() {
        return since;
    }

    /// @param what a sentence without a full stop
    void isBecause(String what) {
        obstacle = what;
    }

    /// What is said of it, with its reason where one is known.
    String explained(String sentence) {
        String why = obstacle;
        return why.isEmpty() ? sentence : sentence + "; " + why;
    }
}
