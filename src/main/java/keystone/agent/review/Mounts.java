package keystone.agent.review;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import keystone.agent.model.Digest;
import keystone.agent.process.RawPath;

/// The directories beside a project that its sandbox's guest writes, or wrote since somebody last
/// looked. The looks at each lie beside those at the project, as `inventory.mount-ID`; their first
/// line says which directory it is.
///
/// @param inventory where the last look at the project is kept
record Mounts(Path project, Path inventory) {
    private static final int ID_DIGITS = 16;

    /// Those that are looked at for themselves: what lies within another, or in the project, is
    /// seen there.
    static List<Path> outermost(Path project, List<Path> mounts) {
        var outermost = new ArrayList<Path>();
        mounts.stream()
                .distinct()
                .sorted(Comparator.comparingInt(Path::getNameCount))
                .filter(each -> !each.startsWith(project))
                .filter(each -> outermost.stream().noneMatch(each::startsWith))
                .forEach(outermost::add);
        return List.copyOf(outermost);
    }

    /// One of them, whether somebody looked at it or not.
    Inventories of(Path mount) {
        String id = Digest.of(RawPath.linkOf(mount)).hex().substring(0, ID_DIGITS);
        return at(mount, prefix() + id);
    }

    private String prefix() {
        return inventory.getFileName() + ".mount-";
    }

    private Inventories at(Path mount, String name) {
        return Inventories.mount(mount, inventory.resolveSibling(name), project);
    }

    /// Those at which somebody looked, in the order of their names. One that has only a look before
    /// the last was left.
    List<Inventories> known() throws IOException {
        var names = new TreeMap<String, Path>();
        Path directory = Objects.requireNonNull(inventory.getParent());
        try (DirectoryStream<Path> looks = Files.newDirectoryStream(directory, prefix() + "*")) {
            for (Path look : looks) {
                String name = look.getFileName().toString();
                names.put(name.replace(Inventories.BEFORE, ""), look);
            }
        }
        var all = new ArrayList<Inventories>();
        for (var each : names.entrySet()) {
            all.add(at(root(each.getValue()), each.getKey()));
        }
        all.sort(Comparator.comparing(Inventories::root));
        return List.copyOf(all);
    }

    private static Path root(Path look) throws IOException {
        String root = Inventory.head(look).root();
        if (!root.startsWith("/") || root.length() == 1) {
            throw new IOException(look + " is damaged");
        }
        return Path.of("/").resolve(RawPath.ofName(root.substring(1)));
    }
}
