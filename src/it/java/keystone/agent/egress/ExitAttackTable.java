package keystone.agent.egress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import keystone.agent.model.EgressMode;

/// The documentation's table: what comes of each attack on the exit in each mode. It says what
/// [EgressAttackIT] holds each attack to.
final class ExitAttackTable {
    private static final String BEGIN = "<!-- exit attacks: written by EgressAttackIT -->\n";
    private static final String END = "<!-- end of exit attacks -->\n";

    private ExitAttackTable() {}

    /// The page with this table in the place of its own.
    static String writtenInto(String page) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new AssertionError("the page has no place for the table: " + BEGIN + END);
        }
        return page.substring(0, begin + BEGIN.length())
                + "\n"
                + String.join("\n", lines())
                + "\n\n"
                + page.substring(end);
    }

    private static List<String> lines() {
        var lines = new ArrayList<String>();
        var head = new StringBuilder("| As root in the guest |");
        var rule = new StringBuilder("|---|");
        for (EgressMode mode : ExitAttacks.MODES) {
            head.append(' ').append(mode.word()).append(" |");
            rule.append("---|");
        }
        lines.add(head.toString());
        lines.add(rule.toString());
        var reasons = new LinkedHashMap<String, List<String>>();
        for (ExitAttack attack : ExitAttacks.ALL) {
            var line = new StringBuilder("| " + attack.title() + " |");
            for (EgressMode mode : ExitAttacks.MODES) {
                line.append(' ').append(attack.word(mode)).append(" |");
                attack.whyOpen(mode)
                        .ifPresent(
                                why ->
                                        reasons.computeIfAbsent(why, _ -> new ArrayList<>())
                                                .add(attack.title()));
            }
            lines.add(line.toString());
        }
        lines.add("");
        reasons.forEach(
                (why, titles) ->
                        lines.add("- *open*, as %s: %s".formatted(why, String.join("; ", titles))));
        return lines;
    }
}
