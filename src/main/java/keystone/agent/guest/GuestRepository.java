package keystone.agent.guest;

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

    /// A checkout of a large tree.
    private static final Duration CHECKOUT = Duration.ofMinutes(6);

    private static final int MOST_ATTEMPTS = 3;

    /// Tens of thousands of refs.
    private static final int MOST_OF_REFS = 4 << 20;

    private static final int MOST_OF_ANSWER = 64 << 10;

    /// Taken to read refs, one guest at a time: no answer of guests is longer, and a supervisor is
    /// small.
    private static final ReentrantLock LOOKING = new ReentrantLock();

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

    /// Says to whom the files of the workspace belong.
    enum Files {
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
        String _ =
                complete(
                        answer(
                                GuestScript.passOver(directory),
                                RepositoryTar.lines(patterns),
                                ANSWER));
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
            var tar = new RepositoryTar(following, index, files);
            Command.Finished done =
                    answer(
                            GuestScript.follow(
                                    directory, files == Files.APART ? "" : borrowed, look),
                            tar,
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
            return GuestRefs.parse(
                    complete(script(script, Command.Input.NONE, ANSWER, MOST_OF_REFS)));
        } catch (GuestRefs.TooMany tooMany) {
            throw failed("it has more than " + GuestRefs.MOST + " refs");
        } finally {
            LOOKING.unlock();
        }
    }

    /// Runs a script whose output is short.
    private Command.Finished answer(String script, Command.Input input, Duration limit)
            throws InterruptedException {
        return script(script, input, limit, MOST_OF_ANSWER);
    }

    private Command.Finished script(
            String script, Command.Input input, Duration limit, int mostKept)
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
}
