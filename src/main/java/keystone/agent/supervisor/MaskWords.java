package keystone.agent.supervisor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import keystone.agent.model.Masking;
import keystone.agent.model.Masking.Exposed;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;

/// What a person is told of files that are masked, or are not.
final class MaskWords {
    private static final int MOST_NAMED = 4;

    private MaskWords() {}

    /// For a start, each a line.
    static List<String> atStart(Masking facts, Masks.Look look, SandboxName name) {
        var all = new ArrayList<String>();
        if (!facts.readable().isEmpty()) {
            all.add("the guest can read " + withReasons(facts.readable()) + ": " + status(name));
        }
        List<String> suspicious = look.suspicious();
        if (!suspicious.isEmpty()) {
            all.add(
                    "the guest can read %s, which by %s may hold secrets; `mask` in [workspace] of"
                                    .formatted(
                                            some(suspicious),
                                            suspicious.size() == 1 ? "its name" : "their names")
                            + " agent.toml hides what you name there");
        }
        if (facts.problem() != null) {
            all.add("not everything was looked through for files to mask: " + facts.problem());
        }
        return all.stream().map(Printable::of).toList();
    }

    /// For what has become so.
    static String later(List<Exposed> exposed, SandboxName name) {
        return Printable.of(
                "the guest can read "
                        + withReasons(exposed)
                        + "; a new start masks what it can: keystone-agent restart "
                        + name);
    }

    private static String status(SandboxName name) {
        return "keystone-agent status " + name;
    }

    private static String withReasons(List<Exposed> files) {
        List<String> named =
                files.stream()
                        .limit(MOST_NAMED)
                        .map(each -> each.path() + " (" + each.why() + ")")
                        .toList();
        return String.join(", ", named) + more(files);
    }

    private static String some(List<String> paths) {
        return String.join(", ", paths.subList(0, Math.min(MOST_NAMED, paths.size())))
                + more(paths);
    }

    private static String more(Collection<?> all) {
        return all.size() > MOST_NAMED ? " and %d more".formatted(all.size() - MOST_NAMED) : "";
    }
}
