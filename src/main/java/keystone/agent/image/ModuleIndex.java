package keystone.agent.image;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which module needs which: depmod's `modules.dep` and the list of what is built into the kernel.
final class ModuleIndex {
    /// From a module's name to its path and the paths of what it needs, nearest first.
    private final Map<String, List<String>> modules = new HashMap<>();

    private final Set<String> builtIn;

    ModuleIndex(String modulesDep, String modulesBuiltin) {
        for (String line : modulesDep.lines().toList()) {
            // kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko kernel/fs/mbcache.ko
            List<String> paths = List.of(line.replaceFirst(":", "").strip().split(" +"));
            modules.put(name(paths.getFirst()), paths);
        }
        builtIn = Set.copyOf(modulesBuiltin.lines().map(ModuleIndex::name).distinct().toList());
    }

    /// A module's name from its file's: packed or not, and with `-` and `_` being the same.
    static String name(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        int end = file.indexOf(".ko");
        return (end < 0 ? file : file.substring(0, end)).replace('-', '_');
    }

    /// The modules, and all that they need: of each its path, then the paths of what it needs.
    ///
    /// @param names those that are built into the kernel are passed over
    List<List<String>> withAllNeeded(List<String> names) throws IOException {
        var found = new LinkedHashSet<List<String>>();
        for (String asked : names) {
            List<String> paths = modules.get(name(asked));
            if (paths != null) {
                paths.forEach(path -> found.add(modules.getOrDefault(name(path), List.of(path))));
            } else if (!builtIn.contains(name(asked))) {
                throw new IOException("the kernel has no module " + asked);
            }
        }
        return List.copyOf(found);
    }
}
