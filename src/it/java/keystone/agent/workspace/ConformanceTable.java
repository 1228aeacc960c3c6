package keystone.agent.workspace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The table of rows and drivers in the documentation: as it is there, and as a run has seen it.
final class ConformanceTable {
    private static final String BEGIN = "<!-- conformance: written by ConformanceIT -->\n";
    private static final String END = "<!-- end of conformance -->\n";
    private static final String NEVER_RUN = "?";

    private final Map<String, Map<String, String>> cells = new TreeMap<>();

    /// The table of a page of the documentation: its cells count as seen until a run sees others.
    static ConformanceTable in(String page) {
        var table = new ConformanceTable();
        inner(page).lines().filter(line -> line.startsWith("| ")).skip(1).forEach(table::read);
        return table;
    }

    private void read(String line) {
        List<String> parts = List.of(line.split(" *\\| *", -1));
        for (int i = 0; i < Conformance.DRIVERS.size(); i++) {
            saw(parts.get(1), Conformance.DRIVERS.get(i), parts.get(i + 2));
        }
    }

    synchronized void saw(String title, String driver, boolean works) {
        saw(title, driver, works ? "yes" : "no");
    }

    private void saw(String title, String driver, String cell) {
        cells.computeIfAbsent(title, _ -> new TreeMap<>()).put(driver, cell);
    }

    /// The page with this table in the place of its own.
    synchronized String writtenInto(String page) {
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        return page.substring(0, begin) + "\n" + this + "\n" + page.substring(page.indexOf(END));
    }

    private static String inner(String page) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new AssertionError("the page has no place for the table: " + BEGIN + END);
        }
        return page.substring(begin + BEGIN.length(), end);
    }

    @Override
    public synchronized String toString() {
        var lines = new ArrayList<String>();
        lines.add("| | " + String.join(" | ", Conformance.DRIVERS) + " |");
        lines.add("|---" + "|---".repeat(Conformance.DRIVERS.size()) + "|");
        for (ConformanceRow row : Conformance.ROWS) {
            lines.add("| " + row.title() + " | " + String.join(" | ", cells(row)) + " |");
        }
        lines.add("");
        lines.add("Why not:");
        lines.add("");
        reasons().forEach((reason, where) -> lines.add("- " + reason + ": " + where + "."));
        return String.join("\n", lines) + "\n";
    }

    private List<String> cells(ConformanceRow row) {
        Map<String, String> seen = cells.getOrDefault(row.title(), Map.of());
        return Conformance.DRIVERS.stream()
                .map(driver -> seen.getOrDefault(driver, NEVER_RUN))
                .toList();
    }

    /// Each reason with the rows and drivers that it explains.
    private static Map<String, String> reasons() {
        var reasons = new LinkedHashMap<String, List<String>>();
        for (ConformanceRow row : Conformance.ROWS) {
            var drivers = new TreeMap<String, List<String>>();
            row.gaps()
                    .forEach(
                            (driver, reason) ->
                                    drivers.computeIfAbsent(reason, _ -> new ArrayList<>())
                                            .add(driver));
            drivers.forEach(
                    (reason, which) ->
                            reasons.computeIfAbsent(reason, _ -> new ArrayList<>())
                                    .add(row.title() + " (" + inOrder(which) + ")"));
        }
        var lines = new LinkedHashMap<String, String>();
        reasons.forEach((reason, where) -> lines.put(reason, String.join("; ", where)));
        return lines;
    }

    private static String inOrder(List<String> drivers) {
        return String.join(", ", Conformance.DRIVERS.stream().filter(drivers::contains).toList());
    }
}
