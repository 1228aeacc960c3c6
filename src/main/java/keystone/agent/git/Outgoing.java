package keystone.agent.git;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Packs what a guest lacks.
///
/// @param isPartial whether objects may be missing here
record Outgoing(Git git, boolean isPartial) {
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
        return new OutgoingPack(git.apart(arguments.toArray(String[]::new)), revisions.toString());
    }

    /// Those that are here.
    List<String> known(Collection<String> objects) throws InterruptedException {
        if (objects.isEmpty()) {
            return List.of();
        }
        String asked = String.join("\n", objects) + "\n";
        String answer = git.answerApart(bytes(asked), "cat-file", "--batch-check=%(objectname)");
        return answer.lines().filter(ObjectId::isValid).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
