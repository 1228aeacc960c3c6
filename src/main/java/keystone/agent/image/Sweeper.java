package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Removes what a build leaves, also where other users own it: the root of an image holds files of
/// its own users, and unprivileged, those are ids of ours that only a user namespace may touch.
final class Sweeper {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final Path ANYWHERE = Path.of("/");

    private final Namespaces namespaces;

    Sweeper(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    void remove(Path tree) throws IOException, InterruptedException {
        try {
            DurableFiles.deleteTree(tree);
        } catch (IOException notOurs) {
            if (!namespaces.needsUserMapping()) {
                throw notOurs;
            }
        }
        if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            List<String> remove = List.of("rm", "-rf", "--one-file-system", "--", tree.toString());
            Tool.of(namespaces.command(ANYWHERE, remove), LIMIT).run();
        }
    }
}
