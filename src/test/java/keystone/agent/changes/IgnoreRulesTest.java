package keystone.agent.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What git ignores is ignored, and nothing else: git itself is asked.
final class IgnoreRulesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final List<String> PATHS =
            List.of(
                    "a/",
                    "a.js",
                    "a.log",
                    "abc",
                    "a/b/",
                    "a/b/c",
                    "a/x/y/c",
                    "b/",
                    "b/a",
                    "b/a.log",
                    "build/",
                    "build/x",
                    "src/build/",
                    "src/build/x",
                    "src/main.c",
                    "src/deep/er/main.o",
                    "src/[x]",
                    "src/!bang",
                    "src/#hash",
                    "src/back\\slash",
                    "trailing ",
                    "foo/bar",
                    "foo/x/bar",
                    "foo/x/y/bar",
                    "x/foo/bar",
                    "docs/",
                    "docs/a.html",
                    "docs/api/a.html",
                    "file1",
                    "file10",
                    "fileA",
                    "file-",
                    "file]",
                    "aXbXc",
                    "node_modules/",
                    "node_modules/x/y",
                    "packages/p/node_modules/",
                    "!bang",
                    "#hash",
                    "umläut");

    private static final List<String> RULES =
            List.of(
                    "*.log\n",
                    "/a\n",
                    "a/\n",
                    "build/\n",
                    "/build\n",
                    "node_modules\n",
                    "node_modules/\n",
                    "src/**/main.o\n",
                    "**/bar\n",
                    "foo/**\n",
                    "foo/**/bar\n",
                    "foo/*/bar\n",
                    "foo/*\n!foo/bar\n",
                    "docs/*.html\n",
                    "docs/**/*.html\n",
                    "file[0-9]\n",
                    "file[!0-9]\n",
                    "file[^A-Z]\n",
                    "file[]-]\n",
                    "file[[:upper:]]\n",
                    "file[\n",
                    "file?\n",
                    "\\!bang\n\\#hash\n",
                    "#hash\n",
                    "src/\\[x\\]\n",
                    "src/back\\\\slash\n",
                    "trailing\\ \n",
                    "trailing \n",
                    "a*b*c\n",
                    "*\n!a.js\n",
                    "*\n!*/\n!*.c\n",
                    "**\n",
                    "a**\n",
                    "a/**/c\n",
                    "/**/c\n",
                    "**/a/**\n",
                    "*/\n",
                    "\r\n*.js\r\n",
                    "\n\n   \n",
                    "uml*t\n",
                    "uml??ut\n",
                    "/\n",
                    "src/\n!src/main.c\n",
                    "abc\n!abc\nabc\n");

    @TempDir private Path project;

    @Test
    void agrees_with_git() throws Exception {
        git("init", "--quiet");
        for (String path : PATHS) {
            make(path);
        }
        for (String rules : RULES) {
            Files.writeString(project.resolve(".gitignore"), rules);

            assertThat(ours(rules, List.of())).as("of the rules:\n%s", rules).isEqualTo(gits());
        }
    }

    @Test
    void rules_further_down_come_first() throws Exception {
        git("init", "--quiet");
        for (String path : PATHS) {
            make(path);
        }
        String above = "*.c\nfoo/bar\nsrc/deep\n";
        String below = "!main.c\n/deep/er/*.o\n[[]*\n";
        Files.writeString(project.resolve(".gitignore"), above);
        Files.writeString(project.resolve("src/.gitignore"), below);

        assertThat(ours(above, List.of("src", below))).isEqualTo(gits());
    }

    @Test
    void patterns_that_begin_again_and_again_end_soon() {
        IgnoreRules rules =
                IgnoreRules.parse(("*a".repeat(100) + "b\n" + "**/a/".repeat(500) + "b\n"));
        List<String> names = new ArrayList<>(java.util.Collections.nCopies(60, "a".repeat(200)));

        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(rules.of(names, IgnoreRules.Kind.ANYTHING)).isNull());
    }

    private void make(String path) throws Exception {
        Path file = project.resolve(path);
        if (path.endsWith("/")) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
    }

    /// What a walk through the project finds ignored: nothing is asked of what is in an ignored
    /// directory.
    private Set<String> ours(String rules, List<String> further) throws Exception {
        var root = new WatchedDirectory(1, "", null);
        root.setRules(IgnoreRules.parse(latin(rules)));
        var ignored = new TreeSet<String>();
        collect(project, root, further, ignored);
        return ignored;
    }

    private void collect(
            Path path, WatchedDirectory directory, List<String> further, Set<String> ignored)
            throws Exception {
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.sorted().toList()) {
                String name = latin(String.valueOf(entry.getFileName()));
                boolean isDirectory = Files.isDirectory(entry);
                if (WatchedTree.isGit(name)) {
                    continue;
                }
                if (directory.ignores(
                        name,
                        isDirectory ? IgnoreRules.Kind.DIRECTORY : IgnoreRules.Kind.ANYTHING)) {
                    ignored.add(project.relativize(entry) + (isDirectory ? "/" : ""));
                } else if (isDirectory) {
                    var child = new WatchedDirectory(2, name, directory);
                    if (!further.isEmpty() && further.getFirst().equals(child.path())) {
                        child.setRules(IgnoreRules.parse(latin(further.getLast())));
                    }
                    collect(entry, child, further, ignored);
                }
            }
        }
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// git's own answer: the ignored directories, and the ignored files outside of them.
    private Set<String> gits() throws Exception {
        var ignored = new TreeSet<String>();
        var asked = new StringBuilder();
        try (Stream<Path> all = Files.walk(project)) {
            for (Path each : all.sorted().toList()) {
                String path = project.relativize(each).toString();
                if (!path.isEmpty() && !path.startsWith(".git/") && !path.equals(".git")) {
                    asked.append(path).append('\0');
                }
            }
        }
        Command.Finished answer =
                Command.of("git", "-C", project.toString(), "check-ignore", "--no-index", "-z")
                        .with("--stdin")
                        .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                        .run(LIMIT, asked.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.toString()).isLessThan(2);
        for (String path : answer.output().split("\0", -1)) {
            boolean inIgnored =
                    ignored.stream().anyMatch(each -> each.endsWith("/") && path.startsWith(each));
            if (!path.isEmpty() && !inIgnored) {
                ignored.add(path + (Files.isDirectory(project.resolve(path)) ? "/" : ""));
            }
        }
        return ignored;
    }

    private void git(String... arguments) throws Exception {
        Command.Finished finished =
                Command.of("git", "-C", project.toString())
                        .with(arguments)
                        .withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null")
                        .run(LIMIT);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
    }
}
