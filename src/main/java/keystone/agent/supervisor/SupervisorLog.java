package keystone.agent.supervisor;

import java.io.PrintStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import keystone.agent.egress.Redactor;
import keystone.agent.model.Printable;

/// What a supervisor did and when, one line each, for `logs --source supervisor`. Never holds
/// values of the environment. Bounded, so that nobody who makes us say something fills the disk.
/// Thread-safe.
final class SupervisorLog {
    /// Many times what a run of weeks has to say.
    static final int MOST_CHARACTERS = 4 << 20;

    private static final int LONGEST_LINE = 4096;

    private final PrintStream out;
    private final Clock clock;
    private final Redactor redactor;
    private int left = MOST_CHARACTERS;

    /// @param redactor takes secrets out
    SupervisorLog(PrintStream out, Clock clock, Redactor redactor) {
        this.out = out;
        this.clock = clock;
        this.redactor = redactor;
    }

    void line(String text) {
        write(clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + Printable.of(text));
    }

    void failure(String what, Throwable why) {
        line(what + ": " + why);
        for (StackTraceElement frame : why.getStackTrace()) {
            write("    at " + frame);
        }
    }

    private synchronized void write(String line) {
        if (left <= 0) {
            return;
        }
        String cut = cut(redactor.redact(line));
        left -= cut.length() + 1;
        out.println(left > 0 ? cut : "this log is full: nothing more of this run is in it");
    }

    private static String cut(String line) {
        return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
    }
}
