package keystone.agent.git;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.Enclosure.Place;
import org.jspecify.annotations.Nullable;

/// Where git works that reads what a guest has made: without network, and with nothing of the
/// user's but the repository. Where it takes what a guest sends, it can write into a
/// [Landing], else nothing.
///
/// A host without user namespaces has nothing of the kind, as `status` says; there it works as any
/// other git of ours.
final class GitEnclosure {
    /// With all that git starts; elsewhere its helpers would have to be looked for.
    private static final List<Path> SYSTEM =
            Stream.of("/usr", "/bin", "/nix/store", "/gnu/store").map(Path::of).toList();

    /// All that a fetch needs of a repository. Where the history is cut off, git makes files beside
    /// these: it does so in a directory of ours, since what it could make in `.git` itself, such as
    /// hooks where there are none, the user's git would obey.
    private static final List<String> DIRECTORIES = List.of("objects", "refs", "info", "worktrees");

    private static final List<String> FILES =
            List.of("HEAD", "config", "config.worktree", "packed-refs", "shallow");

    private final Git git;
    private final AsOwner asOwner;
    private final Layout layout;
    private final ConfinementSearch search;

    /// For one use of the repository: what this host permits is found out the first time, and may
    /// be something else later.
    GitEnclosure(Git git, AsOwner asOwner, Layout layout) {
        this.git = git;
        this.asOwner = asOwner;
        this.layout = layout;
        this.search = new ConfinementSearch(asOwner.self());
    }

    /// A git that takes what a guest sends.
    ///
    /// @param landing where it puts that; null when there is none, and all is in its place at once
    record Taking(Command command, @Nullable Landing landing) {
        /// Brings it into the repository, once git is through.
        ///
        /// @param limit for each pack
        void bringHome(Duration limit) throws InterruptedException {
            if (landing != null) {
                landing.bringHome(limit);
            }
        }

        void clear() throws InterruptedException {
            if (landing != null) {
                landing.clear();
            }
        }
    }

    /// For a fetch.
    ///
    /// @param into a ref's name up to a slash: those that come are below it
    /// @param scratch a directory that is made anew, for what comes and what nobody needs later
    Taking taking(
            List<String> before,
            String into,
            Path scratch,
            Map<String, String> environment,
            List<String> arguments)
            throws InterruptedException {
        @Nullable Confinement confinement = confinement();
        if (confinement == null) {
            Command plain = git.command(AsOwner.Life.OURS, before, environment, arguments);
            return new Taking(plain, null);
        }
        var landing = new Landing(this, asOwner, layout, into, scratch);
        landing.prepare();
        var places = new ArrayList<>(repository(scratch.resolve("git")));
        places.addAll(landing.places());
        return new Taking(
                git.enclosed(confinement, before, places, environment, arguments), landing);
    }

    /// A command that only reads: objects, refs and what configures the repository.
    ///
    /// @param arguments in which a path of the repository is this host's
    Command reading(List<String> arguments) throws InterruptedException {
        @Nullable Confinement confinement = confinement();
        if (confinement == null) {
            return git.apart(arguments.toArray(String[]::new));
        }
        String common = layout.common() + "/";
        List<String> inside =
                arguments.stream()
                        .map(each -> each.startsWith(common) ? inside(each, common) : each)
                        .toList();
        List<Place> places = List.of(Place.readOnly(layout.common(), Git.COMMON));
        return git.enclosed(confinement, Git.limited(), places, Map.of(), inside);
    }

    /// Runs one that only reads; also a failure is an answer.
    Command.Finished read(String... arguments) throws InterruptedException {
        return Git.finish(reading(List.of(arguments)), new byte[0]);
    }

    /// Whether a pack is what it and its index say it is: every name in the index that of an object
    /// with that content.
    boolean isTrue(Path pack, Duration limit) throws InterruptedException {
        Command verify = reading(List.of("index-pack", "--verify", pack.toString()));
        return Git.finish(verify, limit, Command.Input.NONE).ok();
    }

    /// What one that only reads prints; a failure is a person's problem.
    String answer(String... arguments) throws InterruptedException {
        return Git.complete(read(arguments));
    }

    /// The same, of what is given to it in lines.
    String answer(Collection<String> lines, String... arguments) throws InterruptedException {
        return Git.complete(Git.finish(reading(List.of(arguments)), input(lines)));
    }

    /// A number that it prints.
    int count(String... arguments) throws InterruptedException {
        return Integer.parseInt(answer(arguments).strip());
    }

    /// Passes on every NUL-ended field of an output of any length.
    void eachField(Consumer<String> reader, String... arguments) throws InterruptedException {
        Fields.each(reading(List.of(arguments)), new byte[0], reader);
    }

    /// The same, as [Fields#eachRaw] does.
    void eachRawField(Consumer<String> reader, String... arguments) throws InterruptedException {
        Fields.eachRaw(reading(List.of(arguments)), reader);
    }

    /// Passes on every commit that the positive ones reach and the negative ones do not.
    ///
    /// @param revisions a negative one begins with `^`
    void eachCommit(Consumer<String> reader, Collection<String> revisions)
            throws InterruptedException {
        List<String> log = List.of("log", "-z", "--format=%H", "--stdin");
        Fields.each(reading(log), input(revisions), reader);
    }

    private static byte[] input(Collection<String> lines) {
        return lines.stream()
                .map(line -> line + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Runs what brings an index forward, and looks at the project's files at most. It can write
    /// what is in the index's directory, which is to hold nothing else.
    Command.Finished onIndex(Path index, String... arguments) throws InterruptedException {
        @Nullable Confinement confinement = confinement();
        Path directory = index.getParent();
        return confinement == null || directory == null
                ? git.onIndex(index, arguments)
                : git.enclosedLooking(
                        confinement, directory, index.getFileName().toString(), arguments);
    }

    private static String inside(String path, String common) {
        return Git.COMMON + "/" + path.substring(common.length());
    }

    /// Null when there is none that holds.
    private @Nullable Confinement confinement() throws InterruptedException {
        if (SYSTEM.stream().noneMatch(Git.program()::startsWith)) {
            return null;
        }
        Confinement found = search.tightest(asOwner.owner());
        return found.hasPlaces() ? found : null;
    }

    private List<Place> repository(Path beside) throws InterruptedException {
        Path common = layout.common();
        return exists(common.resolve("shallow"))
                ? beside(common, beside)
                : List.of(Place.readOnly(common, Git.COMMON));
    }

    private List<Place> beside(Path common, Path scratch) throws InterruptedException {
        List<String> directories = there(common, DIRECTORIES);
        List<String> files = there(common, FILES);
        // Made here, so that they are the owner's.
        asOwner.must(with("mkdir", "-p", scratch, directories));
        asOwner.must(with("touch", "--", scratch, files));
        var places = new ArrayList<Place>();
        places.add(Place.readWrite(scratch, Git.COMMON));
        Stream.concat(directories.stream(), files.stream())
                .map(each -> Place.readOnly(common.resolve(each), Git.COMMON + "/" + each))
                .forEach(places::add);
        return places;
    }

    private static List<String> there(Path common, List<String> names) {
        return names.stream().filter(each -> exists(common.resolve(each))).toList();
    }

    private static String[] with(String program, String option, Path above, List<String> names) {
        return Stream.concat(
                        Stream.of(program, option),
                        names.stream().map(each -> above.resolve(each).toString()))
                .toArray(String[]::new);
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
