package keystone.agent.egress;

import java.time.Instant;
import keystone.agent.egress.Passed.Outcome;
import org.jspecify.annotations.Nullable;

/// What is known of a connection so far. Used by one thread.
final class Report {
    private final Instant begin;
    private final long beginNanos = System.nanoTime();
    private String how = "unknown";
    private @Nullable Target target;
    private @Nullable Line server;
    private Outcome outcome = Outcome.MALFORMED;
    private String why = "it ended before it said where to";

    Report(Instant begin) {
        this.begin = begin;
    }

    void spoke(String protocol) {
        how = protocol;
    }

    void asked(Target asked) {
        target = asked;
    }

    void became(Outcome what, String reason) {
        outcome = what;
        why = reason;
    }

    void connected(Line line) {
        server = line;
    }

    Passed passed() {
        Line line = server;
        return new Passed(
                begin,
                how,
                target == null ? null : target.host(),
                target == null ? null : target.port(),
                outcome,
                why,
                line == null ? 0 : line.sent(),
                line == null ? 0 : line.received(),
                (System.nanoTime() - beginNanos) / 1_000_000);
    }
}
