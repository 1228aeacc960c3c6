package keystone.agent.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.model.Digest;
import keystone.agent.process.Command;

/// A small git project with one commit.
///
/// @param path its directory
public record Project(Path path) {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final List<Path> OURS =
            List.of(Path.of(".git/keystone"), Path.of(".git/refs/keystone"));

    private static final String README = "hello\n";

    public static Project create(Path path) throws InterruptedException {
        var project = new Project(path);
        project.write("README", README);
        project.write("src/answer.py", "print(6 * 7)\n");
        project.git("init", "--quiet", "--initial-branch=main");
        project.git("add", ".");
        project.git("commit", "--quiet", "--message=Begin");
        return project;
    }

    /// Runs git as its author, whatever this host has configured.
    public String git(String... arguments) throws InterruptedException {
        var git = new ArrayList<>(List.of("git", "-C", path.toString()));
        git.addAll(List.of("-c", "user.name=Ada", "-c", "user.email=ada@example.org"));
        git.addAll(List.of(arguments));
        Command.Finished finished =
                Command.of(git).withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null").run(LIMIT);
        if (!finished.ok()) {
            throw new AssertionError(finished);
        }
        return finished.output();
    }

    public void write(String file, String text) {
        try {
            Path target = path.resolve(file);
            Files.createDirectories(target.getParent());
            Files.writeString(target, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String read(String file) {
        try {
            return Files.readString(path.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every file with its mode, owner and content, git's own too: equal means nothing was changed
    /// but what is our own in git's directory.
    public String contents() {
        try (Stream<Path> files = Files.walk(path)) {
            List<String> lines =
                    files.filter(file -> OURS.stream().noneMatch(relative(file)::startsWith))
                            .sorted()
                            .map(this::line)
                            .toList();
            return String.join("\n", lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path relative(Path file) {
        return path.relativize(file);
    }

    private String line(Path file) {
        try {
            String mode =
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
            Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            return "%s %s %s %s".formatted(mode, owner, content(file), path.relativize(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return "-> " + Files.readSymbolicLink(file);
        }
        return Files.isDirectory(file)
                ? "directory"
                : Digest.of(Files.readString(file, StandardCharsets.ISO_8859_1)).brief();
    }
}
