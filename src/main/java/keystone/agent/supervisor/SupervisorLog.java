package keystone.agent.supervisor;

import java.io.PrintStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import keystone.agent.model.Printable;

/// What a supervisor did and when, one line each, for `logs --source supervisor`. Never holds
/// values of the environment.
final class SupervisorLog {
    private final PrintStream out;
    private final Clock clock;

    SupervisorLog(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    void line(String text) {
        out.println(clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + Printable.of(text));
    }

    void failure(String what, Throwable why) {
        line(what + ": " + why);
        for (StackTraceElement frame : why.getStackTrace()) {
            out.println("    at " + frame);
        }
    }
}
