package keystone.agent.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import keystone.agent.model.Printable;
import keystone.agent.sandbox.StartListener;

/// How work gets on, on the error stream: one live line on a terminal, a line per step otherwise,
/// nothing with `-q`.
abstract sealed class News implements StartListener, AutoCloseable {
    final PrintStream err;
    private final boolean durations;

    private News(PrintStream err, boolean durations) {
        this.err = err;
        this.durations = durations;
    }

    static News of(Streams streams, GlobalFlags flags, int columns) {
        if (flags.quiet) {
            return new Silent(streams.err());
        }
        return streams.errIsTerminal()
                ? new Live(streams.err(), flags.verbose, columns)
                : new Plain(streams.err(), flags.verbose);
    }

    @Override
    public void passed(String step, Duration took) {
        if (durations) {
            line(String.format(Locale.ROOT, "%-12s %s", Printable.of(step), Ages.precise(took)));
        }
    }

    @Override
    public void notice(String sentence) {
        line("note: " + Printable.of(sentence));
    }

    /// Prints a line that stays.
    abstract void line(String text);

    @Override
    public void close() {}

    private static final class Silent extends News {
        Silent(PrintStream err) {
            super(err, false);
        }

        @Override
        public void at(String step, OptionalDouble fraction) {}

        @Override
        void line(String text) {}
    }

    private static final class Plain extends News {
        private String last = "";

        Plain(PrintStream err, boolean durations) {
            super(err, durations);
        }

        @Override
        public void at(String step, OptionalDouble fraction) {
            if (!step.equals(last)) {
                last = step;
                line(Printable.of(step) + " …");
            }
        }

        @Override
        void line(String text) {
            err.println(text);
        }
    }

    private static final class Live extends News {
        /// Return to the line's start, erase it (ECMA-48, EL 2).
        private static final String ERASE = "\r\u001b[2K";

        private final int columns;
        private String shown = "";

        Live(PrintStream err, boolean durations, int columns) {
            super(err, durations);
            this.columns = columns;
        }

        @Override
        public void at(String step, OptionalDouble fraction) {
            String part =
                    fraction.isEmpty()
                            ? ""
                            : " " + Math.round(100 * Math.min(fraction.getAsDouble(), 1)) + " %";
            // A line that wraps could not be erased, so one column stays free.
            show(Screen.fit(Printable.of(step) + " …" + part, columns - 1));
        }

        private void show(String text) {
            if (!text.equals(shown)) {
                err.print(ERASE + text);
                err.flush();
                shown = text;
            }
        }

        @Override
        void line(String text) {
            show("");
            err.println(text);
        }

        @Override
        public void close() {
            show("");
        }
    }
}
