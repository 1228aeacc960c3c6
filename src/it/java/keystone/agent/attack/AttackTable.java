package keystone.agent.attack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The table of attacks, layouts and drivers in the documentation: as it is there, and as a run has
/// seen it. A cell says what came of the attack with each driver; one word stands for all of them.
final class AttackTable {
    private static final String BEGIN = "<!-- attacks: written by AttackIT -->\n";
    private static final String END = "<!-- end of attacks -->\n";
    private static final String NEVER_RUN = "?";

    private final Map<String, String> cells = new TreeMap<>();

    /// The table of a page of the documentation: its cells count as seen until a run sees others.
    static AttackTable in(String page) {
        var table = new AttackTable();
        inner(page).lines().filter(line -> line.startsWith("| ")).skip(1).forEach(table::read);
        return table;
    }

    private void read(String line) {
        List<String> parts = List.of(line.split(" *\\| *", -1));
        int column = 2;
        for (Layout layout : Layout.values()) {
            // A layout that is new has no column yet.
            if (column < parts.size()) {
                readCell(parts.get(1), layout, parts.get(column++));
            }
        }
    }

    private void readCell(String title, Layout layout, String cell) {
        String[] words = cell.split("; ", -1);
        for (String driver : Attacks.DRIVERS) {
            cells.put(key(title, layout, driver), words[0]);
        }
        for (int i = 1; i < words.length; i++) {
            String[] named = words[i].split(": ", 2);
            cells.put(key(title, layout, named[0]), named[1]);
        }
    }

    private static String key(String title, Layout layout, String driver) {
        return title + "\n" + layout + "\n" + driver;
    }

    synchronized void saw(Attack attack, Layout layout, String driver, Result result) {
        cells.put(key(attack.title(), layout, driver), result.word());
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
        var head = new StringBuilder("| |");
        for (Layout layout : Layout.values()) {
            head.append(' ').append(layout.word()).append(" |");
        }
        lines.add(head.toString());
        lines.add("|---" + "|---".repeat(Layout.values().length) + "|");
        for (Attack attack : Attacks.ALL) {
            var line = new StringBuilder("| " + attack.title() + " |");
            for (Layout layout : Layout.values()) {
                line.append(' ').append(cell(attack, layout)).append(" |");
            }
            lines.add(line.toString());
        }
        lines.addAll(reasons());
        return String.join("\n", lines) + "\n";
    }

    private String cell(Attack attack, Layout layout) {
        List<String> seen =
                Attacks.DRIVERS.stream()
                        .map(driver -> key(attack.title(), layout, driver))
                        .map(key -> cells.getOrDefault(key, NEVER_RUN))
                        .toList();
        var cell = new StringBuilder(seen.getFirst());
        for (int i = 1; i < seen.size(); i++) {
            if (!seen.get(i).equals(seen.getFirst())) {
                cell.append("; " + Attacks.DRIVERS.get(i) + ": " + seen.get(i));
            }
        }
        return cell.toString();
    }

    /// Why something is not blocked, and of which attacks that is true.
    private static List<String> reasons() {
        var reasons = new LinkedHashMap<String, Set<String>>();
        for (Attack attack : Attacks.ALL) {
            for (Layout layout : Layout.values()) {
                for (String driver : Attacks.DRIVERS) {
                    attack.exemption(layout, driver)
                            .filter(each -> each.result() != Result.BLOCKED)
                            .ifPresent(
                                    each ->
                                            reasons.computeIfAbsent(
                                                            each.result().word()
                                                                    + ", "
                                                                    + each.reason(),
                                                            _ -> new LinkedHashSet<>())
                                                    .add(attack.title()));
                }
            }
        }
        var lines = new ArrayList<String>();
        if (!reasons.isEmpty()) {
            lines.add("");
        }
        reasons.forEach((why, titles) -> lines.add("- " + why + ": " + String.join("; ", titles)));
        return lines;
    }
}
