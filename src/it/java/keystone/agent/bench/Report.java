package keystone.agent.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/// The table that `make bench` prints.
final class Report {
    private static final String COLUMNS = "%-28s %12s %12s %8s %12s  %s%n";

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void say(String news) {
        out.println(news);
    }

    void header() {
        out.printf(Locale.ROOT, COLUMNS, "", "ours", "bare", "ratio", "difference", "goal");
    }

    void pair(String what, Pairs pairs, String goal, boolean met) {
        row(
                what,
                millis(pairs.ourMedian()),
                millis(pairs.bareMedian()),
                String.format(Locale.ROOT, "%.2f", pairs.ratio()),
                millis(pairs.difference()),
                goal,
                met);
    }

    void single(String what, double value, String unit, String goal, boolean met) {
        row(what, String.format(Locale.ROOT, "%.1f %s", value, unit), "", "", "", goal, met);
    }

    private void row(
            String what,
            String ours,
            String bare,
            String ratio,
            String difference,
            String goal,
            boolean met) {
        String verdict = goal + (met ? ": met" : ": MISSED");
        out.printf(Locale.ROOT, COLUMNS, what, ours, bare, ratio, difference, verdict);
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
