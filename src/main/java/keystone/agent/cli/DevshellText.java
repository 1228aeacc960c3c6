package keystone.agent.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.TreeSet;
import keystone.agent.config.LineDiff;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.Printable;
import org.jspecify.annotations.Nullable;

/// What a devshell is evaluated from, for somebody who is to approve it.
final class DevshellText {
    private DevshellText() {}

    /// All of it, or all that has changed: nothing is left out of what is approved. Of the locks
    /// neither: they say where everything is fetched from, and any file can be called a lock.
    static void show(DevshellStanding.Unapproved standing, PrintStream to) {
        DevshellInputs before = standing.approved();
        to.println(
                before == null
                        ? "The devshell of this project would be evaluated on this host, from:"
                        : "What the devshell is evaluated from has changed since you approved it:");
        for (String name : names(standing.inputs(), before)) {
            List<String> lines = lines(name, standing.inputs(), before);
            if (!lines.isEmpty()) {
                to.println();
                to.println(Printable.of(name));
                lines.forEach(line -> to.println(("    " + Printable.of(line)).stripTrailing()));
            }
        }
        to.println();
        to.println(
                "An agent can write these files. nix runs what they say, with your permissions.");
    }

    private static Iterable<String> names(DevshellInputs now, @Nullable DevshellInputs before) {
        var names = new TreeSet<>(now.files().keySet());
        if (before != null) {
            names.addAll(before.files().keySet());
        }
        return names;
    }

    private static List<String> lines(
            String name, DevshellInputs now, @Nullable DevshellInputs before) {
        String text = now.files().getOrDefault(name, "");
        if (before == null) {
            List<String> all = LineDiff.lines(shown(text));
            return all.isEmpty() ? List.of("(empty)") : all;
        }
        String old = before.files().getOrDefault(name, "");
        if (now.files().containsKey(name) != before.files().containsKey(name) && text.equals(old)) {
            return List.of(now.files().containsKey(name) ? "+ (empty)" : "- (empty)");
        }
        List<String> changed =
                LineDiff.between(shown(old), shown(text)).stream()
                        .filter(line -> !line.startsWith(" "))
                        .toList();
        return changed.isEmpty() && !text.equals(old)
                ? List.of("(only how lines end has changed)")
                : changed;
    }

    /// A carriage return alone ends a comment of Nix's: what follows is not to look like a part of
    /// it.
    private static String shown(String text) {
        return text.replaceAll("\r(?!\n)", "\r\r\n");
    }
}
