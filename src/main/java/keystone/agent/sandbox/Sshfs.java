package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import keystone.agent.guest.GuestAddress;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.DetachedProcess;
import keystone.agent.process.Packages;
import keystone.agent.process.Programs;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;

/// The command line of sshfs (sshfs(1)). It ends with its mount.
///
/// It goes by the config that a sandbox has while it runs, so it finds the guest again after a
/// restart, and never starts one because somebody looked into a directory.
///
/// @param guest the directory inside
/// @param at an empty directory of this host
record Sshfs(SandboxDir dir, String guest, Path at, Access access) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// The option that keeps links inside; see [#options].
    private static final String CONTAINED = "contain_symlinks";

    void mount(String source) throws InterruptedException {
        requireContainment();
        Path log = log();
        DetachedProcess sshfs = DetachedProcess.start(command(source), log);
        OptionalInt status = ended(sshfs);
        if (status.isEmpty()) {
            throw UserError.timedOut(
                    "sshfs did not mount %s within %d s"
                            .formatted(Printable.of(guest), LIMIT.toSeconds()),
                    "keystone-agent status " + dir.name());
        }
        if (status.getAsInt() != 0) {
            throw UserError.failed(
                            "sshfs cannot mount `%s` of `%s`"
                                    .formatted(Printable.of(guest), dir.name()),
                            "look whether it is there: keystone-agent exec %s -- ls -d %s"
                                    .formatted(dir.name(), Printable.of(guest)))
                    .quoting(said(log));
        }
    }

    /// Empty when it took too long. Nobody's Ctrl-C leaves it at work.
    private static OptionalInt ended(DetachedProcess sshfs) throws InterruptedException {
        boolean ended = false;
        try {
            OptionalInt status = sshfs.awaitExit(LIMIT);
            ended = status.isPresent();
            return status;
        } finally {
            if (!ended) {
                sshfs.kill();
            }
        }
    }

    Command command(String source) {
        return Command.of("sshfs", "-F", dir.run().sshConfig().toString())
                .with("-o", String.join(",", options(source)))
                .with(GuestAddress.alias(dir.name()) + ":" + guest, at.toString());
    }

    /// The guest's server may lie, so that it is this host's sshfs that refuses links which lead
    /// outside: absolute ones and those with `..`. Its programs are nobody's but its own, and its
    /// devices are none.
    private List<String> options(String source) {
        return List.of(
                CONTAINED,
                "nosuid",
                "nodev",
                "reconnect",
                "ServerAliveInterval=15",
                "ServerAliveCountMax=3",
                "idmap=user",
                "fsname=" + source,
                access == Access.READ_ONLY ? "ro" : "rw");
    }

    /// Older versions follow any link.
    private static void requireContainment() throws InterruptedException {
        if (Programs.locate("sshfs").isEmpty()) {
            throw UserError.hostLacks(
                    "there is no sshfs on this host", Packages.ofThisHost().install("sshfs"));
        }
        Command.Finished help = Command.of("sshfs", "--help").run(LIMIT);
        if (!(help.output() + help.errors()).contains("no_" + CONTAINED)) {
            throw UserError.hostLacks(
                    "this host's sshfs is too old: with it a guest's links would lead programs of"
                            + " this host to files of yours",
                    Packages.ofThisHost().install("sshfs")
                            + "   # one with the option "
                            + CONTAINED);
        }
    }

    private Path log() {
        try {
            Files.deleteIfExists(dir.mountLog());
            PrivateFiles.append(dir.mountLog()).close();
            return dir.mountLog();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + dir.mountLog(), e);
        }
    }

    private static List<String> said(Path log) {
        try (var in = Files.newInputStream(log)) {
            List<String> lines =
                    new String(in.readNBytes(8 << 10), StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - 3), lines.size());
        } catch (IOException gone) {
            return List.of();
        }
    }
}
