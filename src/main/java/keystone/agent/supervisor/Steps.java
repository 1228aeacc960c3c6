package keystone.agent.supervisor;

import java.time.Duration;

/// Where a start-up says which step it is at. Each step ends when the next begins.
interface Steps {
    void begin(String step);

    /// The last step has passed.
    void end();

    /// Measures steps on the monotonic clock and tells of them.
    static Steps timed(SupervisorClient.Listener listener) {
        return new Steps() {
            private String current = "";
            private long since;

            @Override
            public synchronized void begin(String step) {
                end();
                current = step;
                since = System.nanoTime();
                listener.began(step);
            }

            @Override
            public synchronized void end() {
                if (!current.isEmpty()) {
                    listener.passed(current, Duration.ofNanos(System.nanoTime() - since));
                    current = "";
                }
            }
        };
    }
}
