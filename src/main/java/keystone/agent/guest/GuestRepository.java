package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A git directory on a guest's own disk. It borrows the host's objects, which the guest may read
/// below [#BORROWED]. Threads may share it; long answers are read one at a time.
public final class GuestRepository {
    /// Where the project's is, to which `/workspace/.git` leads: the guest's init makes it.
    public static final String DIRECTORY = "/run/ks-disk/git";

    /// Where the guest mounts what the host lends it, the repository's objects in `objects`.
    public static final String BORROWED = "/run/host-git";

    /// Generous: a few processes in an emulated guest on a busy host, and an index of some
    /// megabytes.
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private static final int ROOM_FOR_REFS = 1 << 20;

    /// A checkout of a large tree.
    private static final Duration CHECKOUT = Duration.ofMinutes(6);

    private static final int MOST_ATTEMPTS = 3;

    /// Tens of thousands of refs.
    private static final int MOST_OF_REFS = 4 << 20;

    private static final int MOST_OF_ANSWER = 64 << 10;

    /// Taken to read refs, one guest at a time: no answer of guests is longer, and a supervisor is
    /// small.
    private static final ReentrantLock LOOKING = new ReentrantLock();

    private static final int PRIVATE = 0600;

    private final SandboxName name;
    private final Shell shell;
    private final String directory;
    private final String borrowed;

    /// How a script is run in the guest.
    interface Shell {
        Command running(String script);
    }

    GuestRepository(SandboxName name, Shell shell, String directory, String borrowed) {
        this.name = name;
        this.shell = shell;
        this.directory = directory;
        this.borrowed = borrowed;
    }

    /// The project's, of a running guest.
    ///
    /// @param config as in [GuestAddress]
    public GuestRepository(SandboxName name, Path config) {
        this(name, script -> SshCommand.shared(config, name, script), DIRECTORY, BORROWED);
    }

    /// The git directory of a submodule.
    public GuestRepository module(ModuleId module) {
        return new GuestRepository(
                name, shell, directory + "/" + module.path(), borrowed + "/" + module.path());
    }

    /// Whether the guest's disk can have a git directory.
    public enum Disk {
        NEW,
        KEPT
    }

    /// What came of [#follow].
    ///
    /// @param diverged the branches that both sides have moved; printable
    public record Followed(Kind kind, List<String> diverged) {
        /// Whether the guest knows everything now.
        public enum Kind {
            DONE,
            /// The guest's own git was at work the whole time; nothing of it was disturbed.
            NOT_NOW
        }

        public Followed {
            diverged = List.copyOf(diverged);
        }
    }

    /// Makes it when the disk is new, and tells it of the host's refs. What the guest has staged,
    /// committed or begun stays.
    ///
    /// @param index the content of the host's index; empty when there is none that the guest can
    /// use
    /// @throws UserError when the guest's git does not do it
    public Followed follow(HostState host, byte[] index, Disk disk) throws InterruptedException {
        return follow(host, index, disk, Files.SHARED);
    }

    /// Brings one forward that has files of its own, after it has got all objects. Makes the files
    /// when the disk is new; after that what is checked out goes nowhere by itself.
    public Followed followApart(HostState host) throws InterruptedException {
        return follow(host, new byte[0], Disk.KEPT, Files.APART);
    }

    /// Whose the files of the workspace are.
    private enum Files {
        SHARED,
        APART
    }

    /// What is there already, in the guest's words.
    ///
    /// @param objects hexadecimal
    public record Has(Set<String> objects, boolean isNew) {
        public Has {
            objects = Set.copyOf(objects);
        }
    }

    public Has has() throws InterruptedException {
        GuestRefs refs = look(UUID.randomUUID().toString());
        var objects = new TreeSet<String>();
        objects.addAll(refs.branches().values());
        objects.addAll(refs.remembered().values());
        objects.addAll(refs.tags().values());
        return new Has(refs.isNew() ? Set.of() : objects, refs.isNew());
    }

    /// Its own branches, in the guest's words.
    public Map<String, String> branches() throws InterruptedException {
        return look(UUID.randomUUID().toString()).branches();
    }

    /// Has git inside pass over files that are not what they seem, so that `git add` takes none of
    /// them. What it was told before holds no more.
    ///
    /// @param paths from the top of the workspace, without line feeds
    public void passOver(List<String> paths) throws InterruptedException {
        List<String> patterns = paths.stream().map(GuestRepository::pattern).toList();
        String _ = complete(answer(GuestScript.passOver(directory), lines(patterns), ANSWER));
    }

    /// As gitignore(5) has it.
    private static String pattern(String path) {
        return "/" + path.replaceAll("[\\\\*?\\[ ]", "\\\\$0");
    }

    /// Takes a pack of objects from its input.
    public Command takePack() {
        return shell.running(GuestScript.takePack(directory));
    }

    private Followed follow(HostState host, byte[] index, Disk disk, Files files)
            throws InterruptedException {
        for (int i = 0; i < MOST_ATTEMPTS; i++) {
            String look = UUID.randomUUID().toString();
            // Of a new one nobody needs to ask what it has.
            GuestRefs refs = i == 0 && disk == Disk.NEW ? GuestRefs.NONE : look(look);
            Following following =
                    Following.of(host, files == Files.APART ? refs.keepingFiles() : refs);
            var diverged = following.diverged().stream().map(Printable::of).toList();
            if (following.isNothing()) {
                return new Followed(Followed.Kind.DONE, diverged);
            }
            Command.Finished done =
                    answer(
                            GuestScript.follow(
                                    directory, files == Files.APART ? "" : borrowed, look),
                            tar(host, index, refs, following, files),
                            files == Files.APART ? CHECKOUT : ANSWER);
            if (done.status() != GuestScript.NOT_NOW) {
                String _ = complete(done);
                return new Followed(Followed.Kind.DONE, diverged);
            }
        }
        return new Followed(Followed.Kind.NOT_NOW, List.of());
    }

    /// Speaks as `git upload-pack` on its input and output: for a fetch.
    public Command uploadPack() {
        return shell.running(GuestScript.STASHES.formatted(directory));
    }

    private GuestRefs look(String look) throws InterruptedException {
        LOOKING.lockInterruptibly();
        try {
            String script = GuestScript.refs(directory, look);
            return GuestRefs.parse(complete(script(script, new byte[0], ANSWER, MOST_OF_REFS)));
        } catch (GuestRefs.TooMany tooMany) {
            throw failed("it has more than " + GuestRefs.MOST + " refs");
        } finally {
            LOOKING.unlock();
        }
    }

    /// Runs a script whose output is short.
    private Command.Finished answer(String script, byte[] input, Duration limit)
            throws InterruptedException {
        return script(script, input, limit, MOST_OF_ANSWER);
    }

    private Command.Finished script(String script, byte[] input, Duration limit, int mostKept)
            throws InterruptedException {
        try {
            return shell.running(script).runKeeping(mostKept, limit, input);
        } catch (Command.TookTooLong tooLong) {
            throw failed("it did not answer within " + limit.toSeconds() + " s");
        }
    }

    private String complete(Command.Finished finished) {
        if (!finished.ok()) {
            List<String> said = LastLines.of(finished.errors(), 1);
            throw failed(said.isEmpty() ? "it said nothing" : Printable.of(said.getFirst()));
        }
        return finished.output();
    }

    private UserError failed(String why) {
        return UserError.failed(
                "the guest's git could not follow the host's: " + why,
                "keystone-agent exec " + name + " -- git -C /workspace status");
    }

    private static byte[] tar(
            HostState host, byte[] index, GuestRefs refs, Following following, Files files) {
        // Growing by doubling would hold a large index twice more.
        var bytes = new ByteArrayOutputStream(index.length + ROOM_FOR_REFS);
        try (var tar = new TarArchiveOutputStream(bytes, 512, UTF_8.name())) {
            add(tar, "forgotten", lines(following.forgotten()));
            add(tar, "refs", lines(following.commands()));
            if (refs.isNew()) {
                add(tar, "new", new byte[0]);
            }
            add(tar, "was", (host.head() + "\n").getBytes(UTF_8));
            add(tar, "shallow", host.shallow().getBytes(UTF_8));
            if (host.objects() == HostState.Objects.SOME) {
                add(tar, "promises", new byte[0]);
            }
            String head = following.head();
            if (head != null) {
                add(tar, "HEAD", (head + "\n").getBytes(UTF_8));
            }
            if (following.takesIndex() && files == Files.APART) {
                add(tar, "checkout", new byte[0]);
            } else if (following.takesIndex() && index.length > 0) {
                add(tar, "index", index);
            } else if (following.takesIndex()) {
                add(tar, "no-index", new byte[0]);
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    private static byte[] lines(List<String> lines) {
        return String.join("", lines.stream().map(line -> line + "\n").toList()).getBytes(UTF_8);
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setMode(PRIVATE);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
