package keystone.agent.changes;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// What has happened since the last batch, each entry once. Never large: of many entries only the
/// directories are kept, and of many directories only that there were many.
final class Pending {
    /// A person saves some files at once, and a program some hundred.
    private static final int MOST_ENTRIES = 1_000;

    private static final int MOST_DIRECTORIES = 4_000;

    /// An entry of a directory.
    record Place(WatchedDirectory directory, String name) {}

    private final Map<Place, Set<Sign>> entries = new LinkedHashMap<>();
    private final Set<WatchedDirectory> directories = new LinkedHashSet<>();
    private Extent extent = Extent.ENTRIES;

    /// What is known of it.
    enum Extent {
        ENTRIES,
        DIRECTORIES,
        EVERYTHING
    }

    boolean isEmpty() {
        return entries.isEmpty() && directories.isEmpty() && extent == Extent.ENTRIES;
    }

    boolean has(WatchedDirectory directory, String name) {
        return entries.containsKey(new Place(directory, name));
    }

    Extent extent() {
        return extent;
    }

    Map<Place, Set<Sign>> entries() {
        return entries;
    }

    Set<WatchedDirectory> directories() {
        return directories;
    }

    void entry(WatchedDirectory directory, String name, Set<Sign> signs) {
        switch (extent) {
            case ENTRIES -> {
                entries.computeIfAbsent(new Place(directory, name), _ -> EnumSet.noneOf(Sign.class))
                        .addAll(signs);
                if (entries.size() > MOST_ENTRIES) {
                    extent = Extent.DIRECTORIES;
                    entries.keySet().forEach(each -> directory(each.directory()));
                    entries.clear();
                }
            }
            case DIRECTORIES -> directory(directory);
            case EVERYTHING -> {}
        }
    }

    /// Any entry of it.
    void directory(WatchedDirectory directory) {
        if (extent != Extent.EVERYTHING) {
            directories.add(directory);
            if (directories.size() > MOST_DIRECTORIES) {
                everything();
            }
        }
    }

    void everything() {
        extent = Extent.EVERYTHING;
        entries.clear();
        directories.clear();
    }
}
