package keystone.agent.guest;

import java.nio.file.Path;
import keystone.agent.model.Digest;

/// Under which a guest keeps a submodule's git directory, from one start to the next: its name may
/// hold anything that git allows.
public record ModuleId(String text) {
    private static final int ENOUGH = 16;

    /// The same at every start.
    ///
    /// @param gitDirectory the submodule's, on the host
    public static ModuleId of(Path gitDirectory) {
        return new ModuleId(Digest.of(gitDirectory.toString()).hex().substring(0, ENOUGH));
    }

    /// Below the directory of the project's repository.
    public String path() {
        return "modules/" + text;
    }
}
