package keystone.agent.git;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.git.ConfigText.Malformed;

/// Whether a repository is a partial clone: objects that it does not have are promised by a remote,
/// from which git fetches them when it needs them.
final class Promises {
    private Promises() {}

    static boolean areIn(Layout layout) {
        return areConfigured(layout) || haveCome(layout.common().resolve("objects/pack"));
    }

    private static boolean areConfigured(Layout layout) {
        try {
            Configuration configuration = Configuration.read(layout);
            return configuration.get("extensions.partialclone").isPresent()
                    || configuration.settings().stream()
                            .map(ConfigText.Setting::key)
                            .filter(key -> key.startsWith("remote.") && key.endsWith(".promisor"))
                            .anyMatch(configuration::isTrue);
        } catch (IOException | Malformed unreadable) {
            return false;
        }
    }

    private static boolean haveCome(Path packs) {
        try (DirectoryStream<Path> promises = Files.newDirectoryStream(packs, "*.promisor")) {
            return promises.iterator().hasNext();
        } catch (IOException none) {
            return false;
        }
    }
}
