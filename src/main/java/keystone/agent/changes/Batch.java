package keystone.agent.changes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import keystone.agent.changes.Pending.Place;
import keystone.agent.model.HostChange;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;

/// Looks at what [Pending] has as it is now: whatever the events said, an entry is there or is not.
final class Batch {
    private final WatchedTree tree;
    private final Told told;
    private final List<HostChange> changes = new ArrayList<>();

    private Batch(WatchedTree tree, Told told) {
        this.tree = tree;
        this.told = told;
    }

    /// Without echoes; remembers what it tells.
    static List<HostChange> of(Pending pending, WatchedTree tree, Told told) {
        if (pending.extent() == Pending.Extent.EVERYTHING) {
            return List.of(new HostChange.Everything());
        }
        var batch = new Batch(tree, told);
        batch.look(pending.entries());
        for (WatchedDirectory directory : pending.directories()) {
            batch.changes.add(new HostChange.Directory(directory.path()));
        }
        return batch.changes;
    }

    private void look(Map<Place, Set<Sign>> entries) {
        var byDirectory = new LinkedHashMap<WatchedDirectory, List<Place>>();
        for (Place place : entries.keySet()) {
            byDirectory.computeIfAbsent(place.directory(), _ -> new ArrayList<>()).add(place);
        }
        byDirectory.forEach(
                (directory, places) -> {
                    try (OpenDirectory open = tree.open(directory)) {
                        for (Place place : places) {
                            look(open, place, entries.getOrDefault(place, Set.of()));
                        }
                    } catch (IOException gone) {
                        // Its own end is told by the directory above.
                    }
                });
    }

    private void look(OpenDirectory open, Place place, Set<Sign> signs) {
        String path = place.directory().pathOf(place.name());
        BasicFileAttributes seen;
        try {
            seen =
                    Files.readAttributes(
                            open.path().resolve(RawPath.ofName(place.name())),
                            BasicFileAttributes.class,
                            LinkOption.NOFOLLOW_LINKS);
        } catch (IOException gone) {
            // A removed file's time is set by its last nudge; that it went, another event tells.
            if (signs.contains(Sign.ENTRY)) {
                changes.add(new HostChange.Gone(path));
            }
            return;
        }
        long modified = seen.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        if (signs.equals(Set.of(Sign.MODIFIED)) && told.has(path, modified)) {
            return;
        }
        told.remember(path, modified);
        changes.add(
                signs.contains(Sign.ENTRY)
                        ? new HostChange.Entry(path, modified)
                        : new HostChange.Content(path, modified));
    }
}
