package keystone.agent.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import keystone.agent.model.Digest;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// Decides which images may go.
final class Removal {
    private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,64}");

    private final Shelf shelf;

    Removal(Shelf shelf) {
        this.shelf = shelf;
    }

    StoredImage one(String prefix) {
        List<StoredImage> matching =
                PREFIX.matcher(prefix).matches()
                        ? shelf.all().stream()
                                .filter(each -> each.digest().hex().startsWith(prefix))
                                .toList()
                        : List.of();
        if (matching.isEmpty()) {
            throw UserError.notFound(
                    "there is no image `" + Printable.of(prefix) + "`",
                    "keystone-agent image list");
        }
        if (matching.size() > 1) {
            throw UserError.usage(
                    matching.size() + " images begin with `" + prefix + "`",
                    "write more digits of the one you mean: keystone-agent image list");
        }
        return matching.getFirst();
    }

    StoredImage remove(String prefix, Map<Digest, List<String>> inUse) throws IOException {
        StoredImage image = one(prefix);
        List<String> users = withBases(inUse).getOrDefault(image.digest(), List.of());
        if (!users.isEmpty()) {
            throw UserError.wrongState(
                    "the image "
                            + image.digest().brief()
                            + " is in use by "
                            + String.join(", ", users),
                    "keystone-agent image rm --unused   # it goes when no disk is made over it");
        }
        List<StoredImage> withIt =
                shelf.all().stream().filter(each -> shelf.pile(each).contains(image)).toList();
        for (StoredImage each : withIt) {
            shelf.remove(each.digest());
        }
        return image;
    }

    /// @param current what the next start may use, though nobody does yet
    List<StoredImage> removeUnused(Map<Digest, List<String>> inUse, List<Digest> current)
            throws IOException {
        Map<Digest, List<String>> used = withBases(inUse);
        var removed = new ArrayList<StoredImage>();
        for (StoredImage each : shelf.all()) {
            boolean needed = used.containsKey(each.digest()) || current.contains(each.digest());
            if (!needed) {
                shelf.remove(each.digest());
                removed.add(each);
            }
        }
        return removed;
    }

    /// Who uses a layer uses what it stands on.
    private Map<Digest, List<String>> withBases(Map<Digest, List<String>> inUse) {
        var users = new TreeMap<String, TreeSet<String>>();
        inUse.forEach(
                (digest, names) -> {
                    users.computeIfAbsent(digest.hex(), _ -> new TreeSet<>()).addAll(names);
                    for (StoredImage each : shelf.find(digest).map(shelf::pile).orElse(List.of())) {
                        users.computeIfAbsent(each.digest().hex(), _ -> new TreeSet<>())
                                .addAll(names);
                    }
                });
        var all = new HashMap<Digest, List<String>>();
        users.forEach((hex, names) -> all.put(new Digest(hex), List.copyOf(names)));
        return all;
    }
}
