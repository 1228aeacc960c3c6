package keystone.agent.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.process.Command;

/// The user's own git in the project, with git's configuration as it is by default, an alias and a
/// filter of the user's own.
final class UsersGit {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final List<List<String>> USUAL =
            List.of(
                    List.of("git", "status"),
                    List.of("git", "st"),
                    List.of("git", "diff"),
                    List.of("git", "diff", "--stat", "HEAD"),
                    List.of("git", "checkout", "-q", "--", "."),
                    List.of("git", "branch", "-a"),
                    List.of("git", "fetch", "origin"),
                    List.of("script", "-qec", "git log -2 -p", "/dev/null"),
                    List.of("git", "add", "-A"),
                    List.of("git", "commit", "-qm", "work"),
                    List.of("git", "status"),
                    List.of("ls", "-la"));

    private final Path home;
    private final Path project;
    private final String module;

    /// @param module a repository below, in which the user works, too; empty for none
    UsersGit(Path home, Path project, String module) {
        this.home = home;
        this.project = project;
        this.module = module;
    }

    /// @param mark where the filter leaves its mark
    void configure(Path mark) throws IOException {
        Files.writeString(
                home.resolve(".gitconfig"),
                """
                [user]
                \tname = Ada
                \temail = ada@example.org
                [alias]
                \tst = status
                [filter "trusted"]
                \tclean = echo trusted-filter >>%s; cat
                \tsmudge = echo trusted-filter >>%s; cat
                [diff "trusted"]
                \ttextconv = echo trusted-filter >>%s; cat
                """
                        .formatted(mark, mark, mark));
    }

    /// Works as usual.
    ///
    /// @return what did not end in time
    List<String> work() throws InterruptedException {
        var waiting = new ArrayList<String>();
        for (List<String> each : USUAL) {
            if (waiting.isEmpty() && !ends(project, each)) {
                waiting.add(String.join(" ", each) + " does not end");
            }
        }
        if (!module.isEmpty() && Files.isDirectory(project.resolve(module))) {
            for (List<String> each : USUAL.subList(0, 3)) {
                if (waiting.isEmpty() && !ends(project.resolve(module), each)) {
                    waiting.add(String.join(" ", each) + " does not end in " + module);
                }
            }
        }
        return waiting;
    }

    /// Works in directories of the project that git takes for repositories.
    ///
    /// @return what did not end in time
    List<String> visit() throws IOException, InterruptedException {
        var waiting = new ArrayList<String>();
        for (Path repository : directories()) {
            for (List<String> each : USUAL.subList(0, 2)) {
                if (!ends(repository, each)) {
                    waiting.add(each + " in " + repository.getFileName() + " does not end");
                }
            }
        }
        return waiting;
    }

    private List<Path> directories() throws IOException {
        try (Stream<Path> entries = Files.list(project)) {
            return entries.filter(each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
                    .filter(
                            each ->
                                    Files.exists(each.resolve(".git"), LinkOption.NOFOLLOW_LINKS)
                                            || Files.exists(
                                                    each.resolve("HEAD"),
                                                    LinkOption.NOFOLLOW_LINKS))
                    .filter(each -> !each.getFileName().toString().equals(".git"))
                    .toList();
        }
    }

    /// How it ends does not matter: most of it fails in a project that was attacked.
    private boolean ends(Path where, List<String> command) throws InterruptedException {
        try {
            Command.of(command)
                    .in(where)
                    .withEnvironment("HOME", home.toString())
                    .withEnvironment("XDG_CONFIG_HOME", null)
                    .withEnvironment("GIT_CONFIG_GLOBAL", null)
                    .withEnvironment("GIT_PAGER", null)
                    // What git's own configuration says comes before it.
                    .withEnvironment("PAGER", "cat")
                    .withEnvironment("GIT_TERMINAL_PROMPT", "0")
                    .run(LIMIT);
            return true;
        } catch (Command.TookTooLong waits) {
            return false;
        }
    }
}
