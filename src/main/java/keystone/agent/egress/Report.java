package keystone.agent.egress;

import java.time.Instant;
import java.time.InstantSource;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.HostAnswer;
import org.jspecify.annotations.Nullable;

/// What is known of a connection so far. Used by one thread.
final class Report {
    /// Who is to know of answers at once, as a connection may last for hours.
    interface Answers {
        void answered(Instant at, HostAnswer answer);
    }

    private final InstantSource clock;
    private final Answers answers;
    private final Instant begin;
    private final long beginNanos = System.nanoTime();
    private String how = "unknown";
    private @Nullable Target target;
    private @Nullable Line server;
    private Outcome outcome = Outcome.MALFORMED;
    private String why = "it ended before it said where to";

    Report(InstantSource clock, Answers answers) {
        this.clock = clock;
        this.answers = answers;
        this.begin = clock.instant();
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

    /// Once for each request whose answer can be read here.
    void answered(int status) {
        if (target != null) {
            answers.answered(clock.instant(), new HostAnswer(target.host().text(), status));
        }
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
