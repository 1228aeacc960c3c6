package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import org.jspecify.annotations.Nullable;

/// A directory in which apt works, and as whom its downloads run.
///
/// As an ordinary user, all of apt is that user. Root's apt hands what talks to servers to the user
/// `_apt`, who cannot come through root's private directories. So root's apt sees this one
/// directory at a place that everybody may pass, where it may write, and all else of the host
/// read-only.
///
/// @param outside where it is
/// @param seen where apt sees it
/// @param downloader the uid of the user that downloads run as; null leaves them to apt itself
record AptPlace(Path outside, Path seen, @Nullable Integer downloader) {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String DOWNLOADER = "_apt";

    /// The place of the host's own packages, which ours hide from our apt.
    private static final Path INSIDE = Path.of("/var/cache/apt");

    /// To become another user, and to give files to it and take them back.
    private static final List<String> PRIVILEGES =
            List.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID");

    static AptPlace in(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Optional<Integer> user = HostTools.weAreRoot() ? downloadUser() : Optional.empty();
        if (user.isEmpty() || !Files.isDirectory(INSIDE)) {
            return new AptPlace(directory, directory, null);
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new AptPlace(directory, INSIDE, user.get());
    }

    private static Optional<Integer> downloadUser() throws InterruptedException {
        Command.Finished id = Command.of("id", "-u", DOWNLOADER).run(LIMIT);
        return id.ok() ? Optional.of(Integer.valueOf(id.output().strip())) : Optional.empty();
    }

    /// As apt's settings name it.
    String user() {
        return downloader == null ? "root" : DOWNLOADER;
    }

    /// Makes a directory in which downloads may write.
    Path openToDownloads(String name) throws IOException {
        Path made = DurableFiles.privateDirectory(outside.resolve(name));
        if (downloader != null) {
            Files.setAttribute(made, "unix:uid", downloader);
        }
        return made;
    }

    /// A command that runs a program of apt's there.
    Command command(List<String> program) {
        if (downloader == null) {
            return Command.of(program);
        }
        var all = new ArrayList<>(List.of("unshare"));
        all.addAll(Confinement.GUARD);
        all.addAll(List.of("bwrap", "--die-with-parent", "--unshare-pid", "--cap-drop", "ALL"));
        PRIVILEGES.forEach(each -> all.addAll(List.of("--cap-add", "CAP_" + each)));
        all.addAll(List.of("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"));
        all.addAll(List.of("--bind", outside.toString(), seen.toString(), "--chdir", "/", "--"));
        all.addAll(program);
        return Command.of(all);
    }
}
