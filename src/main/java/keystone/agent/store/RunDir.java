package keystone.agent.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;

/// What exists of a sandbox only while it runs, in `RUNTIME/<short-id>/`.
///
/// The supervisor makes it after it took the lock and removes it as the last thing it does: one
/// that is there while nobody holds the lock is what a crash left over. Threads may share it.
///
/// @param path short: with `/m.sock` and the 17 characters ssh appends it stays under 108 bytes
public record RunDir(Path path) {
    /// JSON-RPC, served by the supervisor.
    public Path controlSocket() {
        return path.resolve("c.sock");
    }

    /// OpenSSH's ControlPath, held by the supervisor's master connection.
    public Path sshMasterSocket() {
        return path.resolve("m.sock");
    }

    /// OpenSSH's ControlPath for whoever comes by the alias of the user's ssh.
    public Path aliasSocket() {
        return path.resolve("a.sock");
    }

    /// Where the guest's one exit is served; see room `egress`.
    public Path proxySocket() {
        return path.resolve("p.sock");
    }

    /// The socket of the ssh connection that carries the guest's ports.
    public Path portsMasterSocket() {
        return path.resolve("f.sock");
    }

    /// Sockets that lead to ports of the guest; numbered.
    public Path ports() {
        return path.resolve("to");
    }

    /// How to reach the guest with plain `ssh -F`.
    public Path sshConfig() {
        return path.resolve("ssh_config");
    }

    /// Where QEMU finds the socket of its monitor. Owned by whom QEMU runs as.
    public Path machine() {
        return path.resolve("vm");
    }

    /// Where the shares' servers listen, if the share driver has some; see [#machine].
    public Path shares() {
        return path.resolve("share");
    }

    /// Seen by the guest where it must see nothing; empty.
    public Path empty() {
        return path.resolve("empty");
    }

    /// Empty directories over which what a guest borrows of the project's repository is mounted.
    public Path borrowed() {
        return path.resolve("git");
    }

    /// Files that the guest sees where the project has some that say where a git directory is.
    public Path gitFiles() {
        return path.resolve("git-files");
    }

    /// What a guest sees in the place of a file that is masked.
    public Path mask() {
        return path.resolve("mask");
    }

    /// Placeholders over which what a devshell needs of the host's store is mounted.
    public Path devshell() {
        return path.resolve("devshell");
    }

    /// The boot of the host in which this was made; a run directory of an earlier boot is no crash.
    public Path bootId() {
        return path.resolve("boot-id");
    }

    /// The sessions (setsid(2)) that the processes of the machine and of its shares are in, and the
    /// boot of the host.
    public Path session() {
        return path.resolve("session");
    }

    /// Why the last run ended, when it was not asked to: JSON with `problem` and `fix`.
    public Path problem() {
        return path.resolve("problem.json");
    }

    /// Tells prompts of shells, which read lines and start no program: who runs it, its name, its
    /// project. Once it is usable.
    public void announce(SandboxSpec spec) {
        String lines =
                ProcessHandle.current().pid() + "\n" + spec.name() + "\n" + spec.project() + "\n";
        PrivateFiles.create(path.resolve("prompt"), lines.getBytes(StandardCharsets.UTF_8));
    }

    public boolean exists() {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /// Makes it and the directory it is in, both private.
    ///
    /// @throws UserError when either is there and others could have put something into it
    public void create() {
        ensurePrivate(Objects.requireNonNull(path.getParent()));
        ensurePrivate(path);
    }

    static Path ensurePrivate(Path directory) {
        PrivateFiles.createDirectories(directory);
        if (!isPrivate(directory)) {
            throw UserError.failed(
                    "the directory " + directory + " is not private to you",
                    "remove it if it is yours, else set XDG_RUNTIME_DIR to a directory of mode 0700");
        }
        return directory;
    }

    private static boolean isPrivate(Path directory) {
        try {
            PosixFileAttributes found = attributes(directory);
            return found.isDirectory()
                    && found.owner().equals(attributes(Path.of("/proc/self/status")).owner())
                    && found.permissions().equals(PosixFilePermissions.fromString("rwx------"));
        } catch (IOException gone) {
            return false;
        }
    }

    private static PosixFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
