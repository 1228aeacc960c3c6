package keystone.agent.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.process.Enclosure.Place;

/// The parts of this host that any program needs: libraries, firmware, a few devices. Nothing of
/// any user.
public final class SystemFiles {
    /// Where distributions keep programs and libraries; the last two are Nix's and Guix's.
    private static final List<String> TREES =
            List.of(
                    "/usr",
                    "/bin",
                    "/sbin",
                    "/lib",
                    "/lib32",
                    "/lib64",
                    "/libx32",
                    "/nix/store",
                    "/gnu/store");

    private static final List<String> FILES = List.of("/etc/ld.so.cache", "/etc/alternatives");
    private static final List<String> DEVICES = List.of("/dev/null", "/dev/urandom");

    private SystemFiles() {}

    public static List<Place> places() {
        var places = new ArrayList<Place>();
        TREES.forEach(each -> addTree(Path.of(each), places));
        for (String file : FILES) {
            if (Files.isReadable(Path.of(file))) {
                places.add(Place.readOnly(Path.of(file), file));
            }
        }
        DEVICES.forEach(each -> places.add(Place.device(each)));
        return places;
    }

    /// On hosts with a merged /usr most of them are links into it.
    private static void addTree(Path tree, List<Place> places) {
        try {
            if (Files.isSymbolicLink(tree)) {
                String target = Files.readSymbolicLink(tree).toString();
                places.add(Place.link(target, tree.toString()));
            } else if (Files.isDirectory(tree)) {
                places.add(Place.readOnly(tree, tree.toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + tree, e);
        }
    }

    /// The same, and the program itself where a person has put it elsewhere.
    public static List<Place> placesFor(Path program) {
        List<Place> places = places();
        if (!contain(program)) {
            places.add(Place.readOnly(program, program.toString()));
        }
        return places;
    }

    private static boolean contain(Path path) {
        return TREES.stream().anyMatch(path::startsWith);
    }

    /// A program's path that means the same inside: a link from outside the system's trees, such as
    /// a Nix profile's, is followed.
    public static Path program(Path located) {
        try {
            return contain(located) ? located : located.toRealPath();
        } catch (IOException gone) {
            throw new UncheckedIOException("cannot look at " + located, gone);
        }
    }
}
