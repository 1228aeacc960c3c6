package keystone.agent.git;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;

/// What is a sandbox's own in a repository: one command of ours at a time works on it.
final class Namespace {
    private Namespace() {}

    static Path directory(SandboxName name, Layout layout) {
        // Beside the files of sync, which no sandbox's name can be.
        return layout.common().resolve("keystone/sandboxes/" + name);
    }

    /// Where a fetch has what comes until it is in the repository.
    static Path scratch(SandboxName name, Layout layout) {
        return directory(name, layout).resolve("fetch");
    }

    /// Waits for what is soon over, not for a fetch. Whoever has it clears what a killed one left:
    /// nobody else writes there.
    static RepositoryLock lock(SandboxName name, AsOwner asOwner, Layout layout)
            throws InterruptedException {
        Optional<RepositoryLock> lock = RepositoryLock.await(asOwner, directory(name, layout));
        if (lock.isEmpty()) {
            throw busy(name);
        }
        try {
            clear(name, asOwner, layout);
        } catch (InterruptedException | RuntimeException failed) {
            lock.get().close();
            throw failed;
        }
        return lock.get();
    }

    private static void clear(SandboxName name, AsOwner asOwner, Layout layout)
            throws InterruptedException {
        Path scratch = scratch(name, layout);
        if (Files.exists(scratch, LinkOption.NOFOLLOW_LINKS)) {
            Landing.clear(asOwner, layout.common().resolve("objects"), scratch);
        }
        Path refs = layout.common().resolve(RefReader.namespace(name));
        if (Files.isDirectory(refs, LinkOption.NOFOLLOW_LINKS)) {
            asOwner.must("find", "-P", refs.toString(), "-name", "*.lock", "-type", "f", "-delete");
        }
    }

    private static UserError busy(SandboxName name) {
        return UserError.wrongState(
                "another command works on the commits of `" + name + "` at the moment",
                "wait for it and try again");
    }
}
