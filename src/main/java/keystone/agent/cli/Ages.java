package keystone.agent.cli;

import java.time.Duration;
import java.util.Locale;

/// Durations and sizes in the words of a person.
final class Ages {
    private static final int KIB = 1024;

    private Ages() {}

    /// Two units at most: `3d 4h`, `2h 5m`, `12s`.
    static String rough(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + "d " + age.toHoursPart() + "h";
        }
        if (age.toHours() > 0) {
            return age.toHours() + "h " + age.toMinutesPart() + "m";
        }
        return age.toMinutes() > 0
                ? age.toMinutes() + "m " + age.toSecondsPart() + "s"
                : Math.max(0, age.toSeconds()) + "s";
    }

    /// Tenths of a second: `4.3 s`.
    static String precise(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }

    /// `63 MiB`, `1.2 GiB`.
    static String size(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double amount = bytes;
        int unit = 0;
        while (amount >= KIB && unit < units.length - 1) {
            amount /= KIB;
            unit++;
        }
        String digits = amount < 10 && unit > 0 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, digits, amount, units[unit]);
    }
}
