package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// Whom a guest works as on this host: the project's owner when root asks, else whoever asks.
public final class ProjectOwner {
    private ProjectOwner() {}

    /// The owner to work as.
    ///
    /// @param self who runs this process
    public static Owner of(Path project, Owner self) {
        if (!self.isRoot()) {
            return self;
        }
        return ownerOf(project);
    }

    /// Who owns the directory.
    public static Owner ownerOf(Path directory) {
        try {
            return new Owner(
                    (Integer) Files.getAttribute(directory, "unix:uid"),
                    (Integer) Files.getAttribute(directory, "unix:gid"));
        } catch (IOException e) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the project " + Printable.of(directory.toString()) + " cannot be read",
                    "check that it exists and that you may enter it",
                    e);
        }
    }

    /// Who runs this process, without a native call: `/proc/self` belongs to the effective user.
    public static Owner self() {
        return ownerOf(Path.of("/proc/self"));
    }
}
