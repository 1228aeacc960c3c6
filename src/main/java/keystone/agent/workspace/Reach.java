package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.UserError;

/// What guests can change of the host.
///
/// @param writable real paths of the directories that they can write
public record Reach(List<Path> writable) {
    public Reach {
        writable = List.copyOf(writable);
    }

    /// Whether a guest decides, now or later, what an absolute path leads to.
    public boolean includes(Path path) {
        try {
            Path real = Links.ofAnybody(writable).resolve(path);
            return writable.stream().anyMatch(real::startsWith);
        } catch (UserError throughALinkOfTheirs) {
            return true;
        }
    }
}
