package keystone.agent.git;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Packs what a guest lacks.
///
/// @param isPartial whether objects may be missing here
record Outgoing(GitEnclosure enclosure, boolean isPartial) {
    OutgoingPack pack(Collection<String> wanted, Collection<String> has)
            throws InterruptedException {
        var revisions = new StringBuilder();
        wanted.forEach(each -> revisions.append(each).append('\n'));
        for (String each : known(has)) {
            revisions.append('^').append(each).append('\n');
        }
        var arguments = new ArrayList<>(List.of("pack-objects", "--quiet", "--revs", "--stdout"));
        arguments.add("--delta-base-offset");
        if (isPartial) {
            arguments.add("--missing=allow-any");
        }
        return new OutgoingPack(enclosure.reading(arguments), revisions.toString());
    }

    /// Those that are here.
    List<String> known(Collection<String> objects) throws InterruptedException {
        if (objects.isEmpty()) {
            return List.of();
        }
        String answer = enclosure.answer(objects, "cat-file", "--batch-check=%(objectname)");
        return answer.lines().filter(ObjectId::isValid).toList();
    }
}
