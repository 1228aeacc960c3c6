package keystone.agent.devshell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.PlainFile;
import org.jspecify.annotations.Nullable;

/// Reads what a project's devshell is evaluated from: the file that stands for it, its locks, and
/// what their text names of the project, as Nix writes paths, and so on from there.
///
/// A guest can write all of it. No link is followed, nothing outside of the project is read, and
/// there is an end to it. What is not found so is not there for the evaluation either.
final class ProjectInputs {
    /// By precedence.
    static final List<String> MAINS = List.of("flake.nix", "shell.nix", ".envrc", "devenv.nix");

    private static final List<String> BESIDE =
            List.of("flake.lock", "default.nix", "devenv.yaml", "devenv.lock");

    private static final int MOST_FILES = 200;
    private static final int MOST_BYTES = 512 << 10;
    private static final int MOST_BYTES_OF_ALL = 4 << 20;
    private static final int DEEPEST = 4;

    /// An agent could name directories within directories for ever.
    private static final int MOST_LOOKS = 4000;

    /// `./nix/shell.nix`, `../lock.json`, `./.`
    private static final Pattern NIX_PATH =
            Pattern.compile("(?<![A-Za-z0-9_/.~])\\.\\.?(/[A-Za-z0-9_.+-]{1,255}){1,40}");

    /// Any word of a shell script may be a file.
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.+/-]+");

    private final Path project;
    private final TreeMap<String, String> files = new TreeMap<>();
    private final Deque<Path> toScan = new ArrayDeque<>();
    private int bytes;
    private int looks;

    private ProjectInputs(Path project) {
        this.project = project;
    }

    /// As of now.
    ///
    /// @param project real path
    /// @throws UserError when the file that stands for the devshell cannot be used
    static Optional<DevshellInputs> read(Path project) {
        var reading = new ProjectInputs(project);
        for (String main : MAINS) {
            if (reading.has(main)) {
                return Optional.of(reading.from(main));
            }
        }
        return Optional.empty();
    }

    private boolean has(String main) {
        try {
            return take(Path.of(main));
        } catch (IOException unusable) {
            throw UserError.usage(
                    "%s cannot be read: %s"
                            .formatted(
                                    Printable.of(project.resolve(main).toString()),
                                    Printable.of(String.valueOf(unusable.getMessage()))),
                    "make it a plain text file, or start with --devshell none");
        }
    }

    private DevshellInputs from(String main) {
        Stream.concat(MAINS.stream(), BESIDE.stream()).forEach(name -> offer(Path.of(name)));
        for (Path file = toScan.poll(); file != null; file = toScan.poll()) {
            scan(file);
        }
        return new DevshellInputs(main, files);
    }

    /// Where it is no text, or not there, whoever needs it says so.
    private void offer(Path file) {
        try {
            boolean _ = take(file);
        } catch (IOException leftOut) {
            // A link, a picture, something large.
        }
    }

    /// @return whether there is such a file
    private boolean take(Path file) throws IOException {
        if (files.containsKey(file.toString())) {
            return true;
        }
        Optional<String> text = text(file);
        if (text.isEmpty()) {
            return false;
        }
        bytes += text.get().length();
        if (files.size() >= MOST_FILES || bytes > MOST_BYTES_OF_ALL) {
            throw UserError.usage(
                    "the devshell is described by more than %d files, or %d MiB"
                            .formatted(MOST_FILES, MOST_BYTES_OF_ALL >> 20),
                    "start with --devshell none, or make it name fewer files");
        }
        files.put(file.toString(), text.get());
        toScan.add(file);
        return true;
    }

    private Optional<String> text(Path file) throws IOException {
        try (OpenDirectory directory = open(file.getParent())) {
            Optional<byte[]> content = PlainFile.read(directory, file.getFileName(), MOST_BYTES);
            return content.isEmpty() ? Optional.empty() : Optional.of(decoded(content.get()));
        } catch (NotDirectoryException noSuchDirectory) {
            return Optional.empty();
        }
    }

    private static String decoded(byte[] content) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException notUtf8) {
            throw new IOException("it is not UTF-8 text", notUtf8);
        }
    }

    /// Each directory is opened in the one before: no link on the way is followed.
    private OpenDirectory open(@Nullable Path directory) throws IOException {
        looks++;
        if (looks > MOST_LOOKS) {
            throw UserError.usage(
                    "what the devshell is described by names too much of the project",
                    "start with --devshell none, or make it name fewer files and directories");
        }
        OpenDirectory at = OpenDirectory.withoutLinks(project);
        if (directory != null) {
            for (Path name : directory) {
                try (OpenDirectory above = at) {
                    at = above.child(name);
                }
            }
        }
        return at;
    }

    private void scan(Path file) {
        String name = file.getFileName().toString();
        String text = files.getOrDefault(file.toString(), "");
        if (name.endsWith(".nix")) {
            NIX_PATH.matcher(text).results().forEach(found -> follow(file, found.group()));
        } else if (name.equals(".envrc")) {
            WORD.matcher(text)
                    .results()
                    .map(found -> found.group())
                    .distinct()
                    .limit(MOST_FILES * 10L)
                    .forEach(word -> follow(file, word));
        }
    }

    private void follow(Path from, String named) {
        Path above = from.getParent();
        Path path = (above == null ? Path.of(named) : above.resolve(named)).normalize();
        if (path.isAbsolute() || path.startsWith("..")) {
            return;
        }
        if (path.toString().isEmpty()) {
            offer(Path.of("default.nix"));
            return;
        }
        offer(path);
        if (!files.containsKey(path.toString()) && !named.startsWith("-")) {
            takeNix(path, DEEPEST);
        }
    }

    /// All of Nix's own files in a directory that is named.
    private void takeNix(Path directory, int depth) {
        for (Path name : names(directory)) {
            Path entry = directory.resolve(name);
            if (name.toString().endsWith(".nix")) {
                offer(entry);
            } else if (depth > 0 && !name.toString().startsWith(".")) {
                takeNix(entry, depth - 1);
            }
        }
    }

    /// Empty for what is no directory.
    private List<Path> names(Path directory) {
        var names = new ArrayList<Path>();
        try (OpenDirectory opened = open(directory);
                DirectoryStream<Path> entries = Files.newDirectoryStream(opened.path())) {
            for (Path entry : entries) {
                // In the order of their names, so that a file more changes nothing before it.
                names.add(entry.getFileName());
                if (names.size() >= 2 * MOST_FILES) {
                    keepTheFirst(names);
                }
            }
        } catch (IOException | DirectoryIteratorException noDirectory) {
            return List.of();
        }
        keepTheFirst(names);
        return names;
    }

    private static void keepTheFirst(List<Path> names) {
        names.sort(null);
        if (names.size() > MOST_FILES) {
            names.subList(MOST_FILES, names.size()).clear();
        }
    }
}
