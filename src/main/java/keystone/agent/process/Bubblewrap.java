package keystone.agent.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The part of bubblewrap's arguments that every chain has in common (bwrap(1)).
final class Bubblewrap {
    private static final List<String> NAMESPACES =
            List.of(
                    "--unshare-pid",
                    "--unshare-ipc",
                    "--unshare-uts",
                    "--unshare-cgroup-try",
                    "--die-with-parent");

    private Bubblewrap() {}

    /// Everything before the program: namespaces, privileges, files, environment.
    static List<String> arguments(Path bwrap, List<String> privileges, Enclosure enclosure) {
        var arguments = new ArrayList<String>();
        arguments.add(bwrap.toString());
        arguments.addAll(NAMESPACES);
        if (enclosure.network() == Enclosure.Network.NONE) {
            arguments.add("--unshare-net");
        }
        arguments.addAll(privileges);
        environment(enclosure, arguments);
        files(enclosure, arguments);
        arguments.addAll(List.of("--remount-ro", "/", "--chdir", "/", "--"));
        return arguments;
    }

    private static void environment(Enclosure enclosure, List<String> arguments) {
        arguments.add("--clearenv");
        enclosure
                .environment()
                .forEach((name, value) -> arguments.addAll(List.of("--setenv", name, value)));
    }

    private static void files(Enclosure enclosure, List<String> arguments) {
        // 9p changes modes through /proc/self/fd; the new process namespace gets its own /proc.
        arguments.addAll(List.of("--proc", "/proc"));
        for (String directory : parents(enclosure)) {
            // Those that bubblewrap makes by itself are 0700 and its own.
            arguments.addAll(List.of("--dir", directory));
        }
        for (Enclosure.Place place : enclosure.places()) {
            arguments.addAll(List.of(option(place.kind()), place.source(), place.inside()));
        }
    }

    private static String option(Enclosure.Place.Kind kind) {
        return switch (kind) {
            case READ_ONLY -> "--ro-bind";
            case READ_WRITE -> "--bind";
            case DEVICE -> "--dev-bind";
            case LINK -> "--symlink";
        };
    }

    /// The directories above all places, upper ones first; not those within a place, which has its
    /// own.
    private static Set<String> parents(Enclosure enclosure) {
        var places = new HashSet<String>();
        enclosure.places().forEach(place -> places.add(place.inside()));
        var parents = new LinkedHashSet<String>();
        for (String inside : places) {
            for (int at = inside.indexOf('/', 1); at > 0; at = inside.indexOf('/', at + 1)) {
                String parent = inside.substring(0, at);
                if (places.contains(parent)) {
                    break;
                }
                parents.add(parent);
            }
        }
        return parents;
    }
}
