package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;

/// The host's npm, working in a directory of ours: from the host's settings it takes how to reach
/// which registry, and it changes nothing outside. What it fetched has the content that the lock
/// says, and no script of it runs.
record Npm(Path directory) {
    static final String MANIFEST = "package.json";
    private static final String LOCK = "package-lock.json";

    /// Downloads may be slow.
    private static final Duration LIMIT = Duration.ofMinutes(30);

    static Npm in(Path directory) throws IOException {
        return new Npm(DurableFiles.privateDirectory(directory));
    }

    /// Fetches and unpacks all that the lock names, but for what is optional: packages name their
    /// programs for every platform so, and the ones of the guest's are asked for by name.
    ///
    /// @return where the packages are
    Path install(GuestFiles files) throws IOException, InterruptedException {
        for (String each : List.of(MANIFEST, LOCK)) {
            Files.write(directory.resolve(each), files.file(each).content());
        }
        Command install =
                confined("npm", "ci", "--ignore-scripts", "--omit=optional", "--omit=dev")
                        .with("--os=linux", "--cpu=x64", "--no-audit", "--no-fund")
                        .with("--no-update-notifier", "--engine-strict=false")
                        .with("--cache", directory.resolve("cache").toString());
        try {
            Tool.of(install, LIMIT).run();
        } catch (ToolFailed failed) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "the agents' packages cannot be had: " + failed.lastError(),
                    "check that `npm ping` works, then try again",
                    failed);
        }
        return directory.resolve("node_modules");
    }

    /// It may write in its directory alone, and has no privileges, whoever we are.
    private Command confined(String... program) {
        var all = new ArrayList<>(List.of("unshare"));
        if (!HostTools.weAreRoot()) {
            all.add("--map-root-user");
        }
        all.addAll(Confinement.GUARD);
        all.addAll(List.of("bwrap", "--die-with-parent", "--unshare-pid", "--unshare-ipc"));
        all.addAll(List.of("--new-session", "--cap-drop", "ALL"));
        all.addAll(List.of("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"));
        all.addAll(List.of("--bind", directory.toString(), directory.toString()));
        all.addAll(List.of("--chdir", directory.toString(), "--"));
        all.addAll(List.of(program));
        return Command.of(all).withEnvironment("TMPDIR", directory.toString());
    }
}
