package keystone.agent.workspace;

import java.util.Map;
import java.util.TreeMap;

/// One thing that a share driver can do or cannot.
///
/// @param title what it is, as the documentation's table says it
/// @param gaps why it does not work, for each driver with which it does not
record ConformanceRow(String title, Length length, Trial trial, Map<String, String> gaps) {
    /// How long it takes under emulation, with the slowest driver.
    enum Length {
        SECONDS,
        MINUTES
    }

    ConformanceRow {
        gaps = Map.copyOf(gaps);
    }

    /// A row that the guest tries alone, in one step.
    static ConformanceRow of(String title, String step) {
        return of(title, tree -> tree.guest(step));
    }

    /// A row for both sides.
    static ConformanceRow of(String title, Trial trial) {
        return new ConformanceRow(title, Length.SECONDS, trial, Map.of());
    }

    ConformanceRow takingMinutes() {
        return new ConformanceRow(title, Length.MINUTES, trial, gaps);
    }

    /// A known gap: the suite fails when it is none any more.
    ConformanceRow failingWith(String driver, String reason) {
        var more = new TreeMap<>(gaps);
        more.put(driver, reason);
        return new ConformanceRow(title, length, trial, more);
    }
}
