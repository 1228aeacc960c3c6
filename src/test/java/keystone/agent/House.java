package keystone.agent;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The rooms and the arrows between them: who may use whom, and who may use which library.
///
/// A room is a package; this table and `docs/architecture.md` say the same thing.
final class House {
    private static final Set<String> GROUND = Set.of("model", "process", "json", "jsonrpc");
    private static final Set<String> PARTS =
            Set.of(
                    "store",
                    "image",
                    "machine",
                    "workspace",
                    "changes",
                    "review",
                    "git",
                    "guest",
                    "ports",
                    "desktop",
                    "outfit",
                    "devshell",
                    "nixos");

    /// The roof (the base package itself) may use every room, and no room may use it.
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("model", Set.of()),
                    Map.entry("process", Set.of("model")),
                    Map.entry("json", Set.of()),
                    Map.entry("jsonrpc", Set.of("json")),
                    Map.entry("store", Set.of("model", "process", "json")),
                    Map.entry("image", Set.of("model", "process", "json")),
                    Map.entry("machine", Set.of("model", "process")),
                    Map.entry(
                            "machine.qemu",
                            Set.of("machine", "json", "jsonrpc", "process", "model")),
                    Map.entry("workspace", Set.of("model", "process")),
                    Map.entry("changes", Set.of("model", "process")),
                    Map.entry("review", Set.of("model", "process")),
                    Map.entry("git", Set.of("model", "process")),
                    Map.entry("guest", Set.of("model", "process")),
                    Map.entry("ports", Set.of("model", "process")),
                    Map.entry("desktop", Set.of("model", "process")),
                    Map.entry("outfit", Set.of("model", "process", "json")),
                    Map.entry("devshell", Set.of("model", "process", "json")),
                    Map.entry("nixos", Set.of("model", "process")),
                    Map.entry("egress", Set.of("model", "process", "json", "egress.hpack")),
                    Map.entry("egress.hpack", Set.of()),
                    Map.entry("task", GROUND),
                    // Who decides for a guest lives with it; `sandbox` keeps the host's secrets.
                    Map.entry("supervisor", union(GROUND, PARTS, Set.of("egress", "task"))),
                    Map.entry("config", Set.of("model", "workspace")),
                    Map.entry("sandbox", union(GROUND, PARTS, Set.of("supervisor", "egress"))),
                    Map.entry("cli", Set.of("model", "json", "config", "sandbox")));

    private static final Map<String, Set<String>> LIBRARY_OF =
            Map.of(
                    "picocli.", Set.of("cli"),
                    "jdk.net.", Set.of("supervisor"),
                    "com.electronwill.nightconfig.", Set.of("config"),
                    "com.google.gson.", Set.of("json"),
                    "org.bouncycastle.", Set.of("egress"),
                    "org.apache.commons.compress.", Set.of("image", "machine", "guest"));

    private static final List<String> EVERYWHERE =
            List.of("java.", "javax.net.", "javax.crypto.", "org.jspecify.annotations.");

    private final String base;

    House(String base) {
        this.base = base;
    }

    /// One line for each arrow that the table does not have; sorted, without repetitions.
    List<String> wrongArrows(JavaClasses classes) {
        var wrong = new TreeSet<String>();
        for (JavaClass from : classes) {
            String room = roomOf(from);
            if (room == null || !(room.isEmpty() || MAY_USE.containsKey(room))) {
                wrong.add("`" + from.getName() + "` is in no room of the house");
                continue;
            }
            from.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(to -> !to.isPrimitive() && !mayUse(room, to))
                    .forEach(to -> wrong.add(from.getName() + " -> " + to.getName()));
        }
        return List.copyOf(wrong);
    }

    private boolean mayUse(String room, JavaClass to) {
        String target = roomOf(to);
        if (target != null) {
            return target.equals(room)
                    || (room.isEmpty() && MAY_USE.containsKey(target))
                    || MAY_USE.getOrDefault(room, Set.of()).contains(target);
        }
        String name = to.getName();
        return EVERYWHERE.stream().anyMatch(name::startsWith)
                || LIBRARY_OF.entrySet().stream()
                        .anyMatch(
                                library ->
                                        name.startsWith(library.getKey())
                                                && library.getValue().contains(room));
    }

    /// `machine.qemu` for a class of that package, the empty word for the roof, null for others'
    /// classes.
    private @Nullable String roomOf(JavaClass type) {
        String name = type.getPackageName();
        if (name.equals(base)) {
            return "";
        }
        return name.startsWith(base + ".") ? name.substring(base.length() + 1) : null;
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        var all = new TreeSet<String>();
        for (Set<String> set : sets) {
            all.addAll(set);
        }
        return Set.copyOf(all);
    }
}
