package keystone.agent.attack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The documentation's tables: what comes of each attack, for each layout and driver that it is
/// made against. They say what [AttackIT] holds each attack to.
final class AttackTable {
    private static final String BEGIN = "<!-- attacks: written by AttackIT -->\n";
    private static final String END = "<!-- end of attacks -->\n";

    private AttackTable() {}

    /// The page with these tables in the place of its own.
    static String writtenInto(String page) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new AssertionError("the page has no place for the tables: " + BEGIN + END);
        }
        return page.substring(0, begin + BEGIN.length())
                + "\n"
                + text()
                + "\n"
                + page.substring(end);
    }

    private static String text() {
        var lines = new ArrayList<String>();
        for (Attacks.Part part : Attacks.PARTS) {
            lines.addAll(table(part));
            lines.add("");
        }
        lines.addAll(reasons());
        return String.join("\n", lines) + "\n";
    }

    private static List<String> table(Attacks.Part part) {
        var lines = new ArrayList<String>();
        var head = new StringBuilder("| " + part.title() + " |");
        part.layouts().forEach(each -> head.append(' ').append(each.word()).append(" |"));
        lines.add(head.toString());
        lines.add("|---" + "|---".repeat(part.layouts().size()) + "|");
        for (Attack attack : part.attacks()) {
            var line = new StringBuilder("| " + attack.title() + " |");
            part.layouts()
                    .forEach(
                            each ->
                                    line.append(
                                            ' ' + cell(attack, each, part.drivers(each)) + " |"));
            lines.add(line.toString());
        }
        return lines;
    }

    private static String cell(Attack attack, Layout layout, List<String> drivers) {
        if (!attack.layouts().contains(layout)) {
            return "–";
        }
        Result first = attack.expected(layout, drivers.getFirst());
        var cell = new StringBuilder(first.word());
        for (String driver : drivers) {
            Result result = attack.expected(layout, driver);
            if (result != first) {
                cell.append("; " + driver + ": " + result.word());
            }
        }
        return cell.toString();
    }

    /// Why something is not blocked, and of which attacks that is true.
    private static List<String> reasons() {
        var reasons = new LinkedHashMap<String, Set<String>>();
        for (Attacks.Part part : Attacks.PARTS) {
            for (Attack attack : part.attacks()) {
                for (Layout layout : part.layouts()) {
                    for (String driver : part.drivers(layout)) {
                        attack.exemption(layout, driver)
                                .filter(each -> each.result() != Result.BLOCKED)
                                .ifPresent(
                                        each ->
                                                reasons.computeIfAbsent(
                                                                reason(each),
                                                                _ -> new LinkedHashSet<>())
                                                        .add(attack.title()));
                    }
                }
            }
        }
        var lines = new ArrayList<String>();
        reasons.forEach((why, titles) -> lines.add("- " + why + ": " + String.join("; ", titles)));
        return lines;
    }

    private static String reason(Attack.Exemption exemption) {
        return "*%s*, as %s".formatted(exemption.result().word(), exemption.reason());
    }
}
