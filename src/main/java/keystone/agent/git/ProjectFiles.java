package keystone.agent.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keystone.agent.git.Assessment.Move;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.RawPath;
import org.jspecify.annotations.Nullable;

/// Brings the project's files forward along with a branch, where the guest has made its commits of
/// files of its own. Git decides what may be overwritten, and writes.
///
/// It works on an index that is apart and thrown away. In that, and in the tree that it is compared
/// with, whatever is on the disk already as it will be counts as brought forward: so what was
/// interrupted is done again from its beginning.
final class ProjectFiles {
    /// The most changed paths: more than any commit of a person's has, and as many as a map may
    /// take.
    private static final int MOST_CHANGES = 500_000;

    private static final int MOST_NAMED = 20;

    private static final String INDEX = "index";
    private static final Pattern QUOTED = Pattern.compile("'([^']+)'");

    /// What git says when it refuses; else something is wrong.
    private static final List<String> REFUSALS =
            List.of("not uptodate", "would be overwritten", "would be removed", "would lose");

    private final Git git;
    private final GitEnclosure enclosure;
    private final AsOwner asOwner;
    private final Path project;
    private final Path ownIndex;
    private final Path directory;

    /// What git compares with, once it is known; not all of what the branch was at.
    private ObjectId before = ObjectId.NONE;

    ProjectFiles(Git git, GitEnclosure enclosure, AsOwner asOwner, Layout layout) {
        this.git = git;
        this.enclosure = enclosure;
        this.asOwner = asOwner;
        this.project = layout.project();
        this.ownIndex = layout.own().resolve("index");
        this.directory = layout.own().resolve("keystone/files");
    }

    /// Which files of the user's would be overwritten, as far as they are known; null when none.
    @Nullable List<String> inTheWay(Move move) throws InterruptedException {
        // Before anything is done: what cannot be finished must not be begun.
        Confinement _ = confinement();
        List<String> known = begin(move);
        if (!known.isEmpty()) {
            return known;
        }
        return refusal(enclosure.onIndex(directory.resolve(INDEX), readTree(move, "-n")));
    }

    /// Writes them, after [#inTheWay].
    ///
    /// @return as there, when somebody has changed one meanwhile; then nothing was written
    @Nullable List<String> write(Move move) throws InterruptedException {
        return refusal(git.enclosed(confinement(), directory, INDEX, readTree(move)));
    }

    private Confinement confinement() throws InterruptedException {
        Confinement confinement = new ConfinementSearch(asOwner.self()).tightest(asOwner.owner());
        if (!confinement.hasPlaces()) {
            throw UserError.hostLacks(
                    "files cannot be brought home here: this host permits no user namespaces, without"
                            + " which a guest could lead git elsewhere while it writes",
                    "keystone-agent doctor");
        }
        return confinement;
    }

    void clear() throws InterruptedException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            asOwner.must("rm", "-rf", directory.toString());
        }
    }

    private String[] readTree(Move move, String... more) {
        var all = new ArrayList<>(List.of("read-tree"));
        all.addAll(List.of(more));
        all.addAll(List.of("-m", "-u", before.hex(), move.to().hex()));
        return all.toArray(String[]::new);
    }

    private static @Nullable List<String> refusal(Command.Finished finished) {
        if (finished.ok()) {
            return null;
        }
        if (REFUSALS.stream().noneMatch(finished.errors()::contains)) {
            throw Git.failed(finished.errors());
        }
        var paths = new TreeSet<String>();
        Matcher quoted = QUOTED.matcher(finished.errors());
        while (quoted.find()) {
            paths.add(quoted.group(1));
        }
        return List.copyOf(paths);
    }

    /// Makes the index apart.
    ///
    /// @return what git would replace, though nobody has it in a commit: what is ignored, and what
    ///     stands in the place of a directory, such as a link
    private List<String> begin(Move move) throws InterruptedException {
        clear();
        asOwner.must("mkdir", "-p", "-m", "700", directory.toString());
        Map<String, FileChange> changes = changes(move);
        Path index = directory.resolve(INDEX);
        if (exists(ownIndex)) {
            asOwner.must("cp", "-pT", ownIndex.toString(), index.toString());
        }
        // What only looks changed must not be in the way.
        Command.Finished _ = git.onIndex(index, "update-index", "-q", "--refresh");
        Map<String, String> entries = entries(index, changes);
        List<FileChange> done = done(changes, entries);
        before = move.treeBefore();
        if (!done.isEmpty()) {
            mark(index, done);
            before = treeWith(done);
        }
        var inTheWay = new TreeSet<>(replaced(changes));
        inTheWay.addAll(unknown(changes, entries, done));
        return inTheWay.stream().map(ProjectFiles::shown).toList();
    }

    private ObjectId treeWith(List<FileChange> done) throws InterruptedException {
        Path index = directory.resolve("before");
        must(git.onIndex(index, "read-tree", before.hex()));
        mark(index, done);
        return new ObjectId(must(git.onIndex(index, "write-tree")).strip());
    }

    private Map<String, FileChange> changes(Move move) throws InterruptedException {
        var changes = new HashMap<String, FileChange>();
        enclosure.eachRawField(
                new FileChange.Reader(
                        each -> {
                            changes.put(each.path(), each);
                            if (changes.size() > MOST_CHANGES) {
                                throw UserError.failed(
                                        "the guest's commits change more than "
                                                + MOST_CHANGES
                                                + " files",
                                        "git diff --stat "
                                                + move.from().hex()
                                                + " "
                                                + move.to().hex());
                            }
                        }),
                "diff-tree",
                "-r",
                "-z",
                "--raw",
                "--no-abbrev",
                "--no-renames",
                move.treeBefore().hex(),
                move.to().hex());
        return changes;
    }

    private Map<String, String> entries(Path index, Map<String, FileChange> changes)
            throws InterruptedException {
        var entries = new HashMap<String, String>();
        git.eachRawFieldOnIndex(
                index, each -> note(each, changes, entries), "ls-files", "-s", "-z");
        return entries;
    }

    /// The changes that are on the disk as they will be, unless something else is staged.
    private List<FileChange> done(Map<String, FileChange> changes, Map<String, String> entries)
            throws InterruptedException {
        Set<String> missing = notThereYet(changes);
        var done = new ArrayList<FileChange>();
        for (FileChange each : changes.values()) {
            boolean isDone =
                    each.removes()
                            ? !exists(file(each.path()))
                            : each.makesFile() && !missing.contains(each.path());
            boolean isStaged =
                    !entries.getOrDefault(each.path(), FileChange.NONE).equals(each.oldEntry());
            if (isDone && !isStaged) {
                done.add(each);
            }
        }
        return done;
    }

    private static void note(
            String line, Map<String, FileChange> changes, Map<String, String> entries) {
        int tab = line.indexOf('\t');
        String path = line.substring(tab + 1);
        if (tab > 0 && changes.containsKey(path)) {
            // Mode and object, without the stage.
            entries.put(path, line.substring(0, line.lastIndexOf(' ', tab)));
        }
    }

    private void mark(Path index, List<FileChange> changes) throws InterruptedException {
        var instructions = new StringBuilder();
        // A directory can take a file's place only when that is gone.
        changes.stream()
                .sorted(Comparator.comparing(each -> !each.removes()))
                .forEach(each -> instructions.append(each.instruction()));
        byte[] input = instructions.toString().getBytes(StandardCharsets.ISO_8859_1);
        must(git.onIndex(index, input, "update-index", "-z", "--index-info"));
    }

    private static String must(Command.Finished finished) {
        if (!finished.ok()) {
            throw Git.failed(finished.errors());
        }
        return finished.output();
    }

    /// Paths at which the disk does not have what will be there; git knows about line ends and the
    /// like.
    private Set<String> notThereYet(Map<String, FileChange> changes) throws InterruptedException {
        Path forward = directory.resolve("forward");
        mark(forward, changes.values().stream().filter(FileChange::makesFile).toList());
        Command.Finished _ = git.onIndex(forward, "update-index", "-q", "--refresh");
        var missing = new HashSet<String>();
        git.eachRawFieldOnIndex(forward, missing::add, "diff-files", "--name-only", "-z");
        return missing;
    }

    private List<String> replaced(Map<String, FileChange> changes) {
        var replaced = new TreeSet<String>();
        var seen = new HashSet<String>();
        for (String path : changes.keySet()) {
            for (int at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
                String above = path.substring(0, at);
                if (seen.add(above) && !changes.containsKey(above) && isNoDirectory(above)) {
                    replaced.add(above);
                }
            }
        }
        return List.copyOf(replaced);
    }

    /// Git takes what is ignored for worthless.
    private Set<String> unknown(
            Map<String, FileChange> changes, Map<String, String> entries, List<FileChange> done) {
        var unknown = new TreeSet<String>();
        Set<String> isDone = done.stream().map(FileChange::path).collect(Collectors.toSet());
        for (FileChange each : changes.values()) {
            boolean isNew = each.makesFile() && !entries.containsKey(each.path());
            if (isNew && !isDone.contains(each.path()) && exists(file(each.path()))) {
                unknown.addAll(unknownAt(each.path(), changes));
            }
        }
        return unknown;
    }

    private Set<String> unknownAt(String path, Map<String, FileChange> changes) {
        var unknown = new TreeSet<String>();
        // A link is not followed.
        try (Stream<Path> files = Files.walk(file(path))) {
            files.filter(each -> !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
                    .map(each -> RawPath.nameOf(project.relativize(each)))
                    .filter(each -> each.equals(path) || !changes.containsKey(each))
                    .limit(MOST_NAMED)
                    .forEach(unknown::add);
        } catch (IOException | UncheckedIOException unreadable) {
            unknown.add(path);
        }
        return unknown;
    }

    private boolean isNoDirectory(String path) {
        Path file = file(path);
        return exists(file) && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }

    private Path file(String path) {
        return project.resolve(RawPath.ofName(path));
    }

    private static String shown(String path) {
        return new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
