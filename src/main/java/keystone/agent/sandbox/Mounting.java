package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.MountTable;
import keystone.agent.process.Patience;
import keystone.agent.process.Programs;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.workspace.Links;
import keystone.agent.workspace.Reach;
import org.jspecify.annotations.Nullable;

/// Directories of guests on this host, through sshfs. Which there are, the kernel's table of mounts
/// says and nobody else.
public final class Mounting {
    /// Where worktrees are, those of tasks too.
    private static final String WORKTREES = "/worktrees";

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration GONE = Duration.ofSeconds(10);

    private final Store store;
    private final Projects projects;

    Mounting(Store store, Projects projects) {
        this.store = store;
        this.projects = projects;
    }

    /// Shows a directory of a running guest.
    public Mounted mount(SandboxName name, MountRequest request) throws InterruptedException {
        SandboxDir dir = projects.named(name);
        String guest = guest(dir, request.guest());
        Path asked = request.at();
        Path at = asked == null ? usualPlace(name, guest) : place(asked);
        Usable.require(dir).close();
        Optional<Mounted> there = there(dir, guest, at);
        if (there.isPresent()) {
            if (answers(at)) {
                return there.get();
            }
            release(there.get());
        }
        try {
            prepare(at, asked == null);
        } catch (UserError unusable) {
            // What is in there may be what another command has mounted in the same moment.
            return there(dir, guest, at).orElseThrow(() -> unusable);
        }
        boolean mounted = false;
        try {
            new Sshfs(dir, guest, at, request.access()).mount(source(dir, guest));
            mounted = true;
        } finally {
            if (!mounted) {
                removeOurs(at);
            }
        }
        return new Mounted(name, guest, at, false);
    }

    private static Optional<Mounted> there(SandboxDir dir, String guest, Path at) {
        return of(dir).stream()
                .filter(each -> each.guest().equals(guest) && each.host().equals(at))
                .findFirst();
    }

    private static String guest(SandboxDir dir, @Nullable String asked) {
        if (asked == null) {
            boolean isCloned = dir.spec().share() == ShareDriver.CLONE;
            return isCloned ? SandboxSpec.WORKSPACE : WORKTREES;
        }
        // A comma or a backslash would end an option of sshfs.
        boolean plain =
                asked.startsWith("/")
                        && asked.codePoints()
                                .noneMatch(c -> c == ',' || c == '\\' || Character.isISOControl(c));
        if (!plain) {
            throw UserError.usage(
                    "`" + Printable.of(asked) + "` cannot be mounted",
                    "give an absolute path in the guest, without commas and backslashes");
        }
        return Path.of(asked).normalize().toString();
    }

    private Path usualPlace(SandboxName name, String guest) {
        String below = guest.equals("/") ? "root" : guest.substring(1);
        return store.mounts().resolve(name.value()).resolve(below);
    }

    /// A guest that can write it could exchange it for a link.
    private Path place(Path asked) {
        List<Path> writable = Reach.of(store.writable()).writable();
        Path real = new Links(writable).resolve(asked.toAbsolutePath().normalize());
        if (writable.stream().anyMatch(each -> real.startsWith(each) && !real.equals(each))
                || store.writable().contains(real)) {
            throw UserError.usage(
                    "a guest can write " + Printable.of(real.toString()),
                    "choose a directory outside of every project and mount");
        }
        return real;
    }

    private static void prepare(Path at, boolean isOurs) {
        if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
            PrivateFiles.createDirectories(at);
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(at)) {
            if (entries.iterator().hasNext()) {
                throw UserError.usage(
                        Printable.of(at.toString()) + " is not empty",
                        isOurs
                                ? "move what is in there elsewhere"
                                : "choose an empty directory with --at");
            }
        } catch (IOException notADirectory) {
            throw new UserError(
                    UserError.Kind.USAGE,
                    "nothing can be mounted at " + Printable.of(at.toString()),
                    "choose an empty directory with --at",
                    notADirectory);
        }
    }

    /// Asked by another process, which can be given up: what a dead guest shows answers nobody.
    private static boolean answers(Path at) throws InterruptedException {
        try {
            return Command.of("stat", "--", at.toString()).run(ANSWER).ok();
        } catch (Command.TookTooLong dead) {
            return false;
        }
    }

    /// What is mounted of a sandbox, running or not.
    public List<Mounted> list(SandboxName name) {
        return of(projects.named(name));
    }

    private static List<Mounted> of(SandboxDir dir) {
        String ours = source(dir, "");
        return MountTable.ofThisProcess().ofType(Reach.MOUNTED).stream()
                .filter(mount -> mount.source().startsWith(ours))
                .map(
                        mount ->
                                new Mounted(
                                        dir.name(),
                                        mount.source().substring(ours.length()),
                                        mount.point(),
                                        true))
                .distinct()
                .toList();
    }

    /// Two homes may hold sandboxes of one name: their run directories differ.
    private static String source(SandboxDir dir, String guest) {
        return Reach.OURS + dir.name() + "@" + dir.run().path().getFileName() + ":" + guest;
    }

    /// Takes mounts away.
    ///
    /// @param which the directory inside, or the one on this host; null is all
    /// @return what was mounted
    public List<Mounted> unmount(SandboxName name, @Nullable String which, Path directory)
            throws InterruptedException {
        List<Mounted> meant = which == null ? list(name) : called(which, list(name), directory);
        for (Mounted each : meant) {
            release(each);
        }
        return meant;
    }

    /// Understood as `mount` understands it.
    private List<Mounted> called(String which, List<Mounted> all, Path directory) {
        Path asked = directory.resolve(which).normalize();
        Path above = asked.getParent();
        // What is mounted is not looked at: it may be dead, and answer nobody.
        Path real =
                above == null
                        ? asked
                        : new Links(store.writable()).resolve(above).resolve(asked.getFileName());
        String inside = Path.of(which).normalize().toString();
        return all.stream()
                .filter(mount -> mount.guest().equals(inside) || mount.host().equals(real))
                .toList();
    }

    /// Takes all of a sandbox's mounts away, before it goes down.
    ///
    /// @return why one is left; that is no reason to leave a guest running
    Optional<UserError> release(SandboxDir dir) throws InterruptedException {
        UserError left = null;
        for (Mounted each : of(dir)) {
            try {
                release(each);
            } catch (UserError stays) {
                left = stays;
            }
        }
        return Optional.ofNullable(left);
    }

    /// Also while somebody is in there: for them it ends as a disk does that is pulled out.
    private void release(Mounted mount) throws InterruptedException {
        String said = "";
        // Of commands that mounted it in the same moment, one lies on the other.
        for (long left = mounted(mount.host()); left > 0; left--) {
            said = fusermount(mount.host());
        }
        boolean gone = Patience.until(GONE, () -> mounted(mount.host()) == 0);
        if (!gone) {
            throw UserError.failed(
                    "cannot unmount %s: %s"
                            .formatted(Printable.of(mount.host().toString()), Printable.of(said)),
                    "sudo umount -l " + ShellWord.quote(mount.host().toString()));
        }
        removeOurs(mount.host());
    }

    /// What it says when it fails.
    private static String fusermount(Path at) throws InterruptedException {
        Optional<String> program =
                Stream.of("fusermount3", "fusermount")
                        .filter(each -> Programs.locate(each).isPresent())
                        .findFirst();
        if (program.isEmpty()) {
            return "there is no fusermount3 on this host";
        }
        try {
            return Command.of(program.get(), "-u", "-z", "--", at.toString())
                    .run(ANSWER)
                    .errors()
                    .strip();
        } catch (Command.TookTooLong stuck) {
            return "%s did not end within %d s".formatted(program.get(), ANSWER.toSeconds());
        }
    }

    private static long mounted(Path at) {
        return MountTable.ofThisProcess().ofType(Reach.MOUNTED).stream()
                .filter(mount -> mount.point().equals(at))
                .count();
    }

    /// Our own empty directories go with what was mounted there.
    private void removeOurs(Path at) {
        for (Path each = at;
                each != null && each.startsWith(store.mounts());
                each = each.getParent()) {
            try {
                Files.delete(each);
            } catch (IOException inUseOrGone) {
                return;
            }
        }
    }
}
