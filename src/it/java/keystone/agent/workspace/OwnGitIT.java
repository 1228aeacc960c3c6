package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `--git protected`, with real git on both sides.
@ExtendWith(Installations.class)
final class OwnGitIT {
    /// Seconds on an idle host.
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String PLANT =
            """
            umount /workspace/.git
            mkdir /raw /raw/share && mount -t "$1" $2 workspace /raw/share
            for git in /workspace/.git /raw/share/.git; do
                touch $git/config
                mkdir -p $git/hooks && echo 'touch /tmp/planted' >$git/hooks/post-index-change
                mv $git ${git}2
                rmdir $git
                ln -sfn /tmp $git
                umount $git
                echo 'gitdir: /workspace/evil' >$git
            done
            exit 0
            """;

    /// Root in the guest tries what git on the host would obey; so does `AttackIT`, always.
    @ParameterizedTest
    @Tag("full")
    @Tag("full-git")
    @ValueSource(strings = {"virtiofs", "9p"})
    void root_in_the_guest_cannot_change_the_hosts_git_directory(String driver) throws Exception {
        try (Installation home = Installation.withOwnImages().withVirtiofsd()) {
            Project project = home.project("shop");
            String before = Git.of(project);
            Sandbox shop = home.start(project, "--git", "protected", "--share", driver);
            String pinned = Git.of(project);

            String options = driver.equals("9p") ? "-otrans=virtio,version=9p2000.L" : "-orw";
            shop.says("sudo", "sh", "-c", PLANT, "sh", driver, options);

            assertThat(Git.of(project)).isEqualTo(pinned);
            assertThat(project.git("status", "--porcelain")).isEmpty();
            assertThat(Git.withoutOurs(pinned)).isEqualTo(Git.withoutOurs(before));
            assertThat(project.path().resolve(".git2")).doesNotExist();
            shop.keystone("stop").run().succeeds();
            shop.keystone("destroy", "-f").run().succeeds();
            assertThat(Git.withoutOurs(Git.of(project))).isEqualTo(Git.withoutOurs(before));
        }
    }

    @Test
    void a_developer_works_inside_while_the_user_works_outside(Installation home) throws Exception {
        Project project = home.project("shop");
        project.git("branch", "feature");
        project.git("tag", "v1");
        Sandbox shop = home.start(project, "--git", "protected");
        identify(shop);

        assertThat(inside(shop, "status", "--porcelain")).isEmpty();
        assertThat(inside(shop, "rev-parse", "HEAD", "v1", "feature", "host/main"))
                .isEqualTo(project.git("rev-parse", "HEAD", "v1", "feature", "main").strip());

        shop.says("sh", "-c", "echo inside >inside.txt");
        inside(shop, "add", "inside.txt");
        inside(shop, "commit", "--quiet", "--message=Inside");
        assertThat(project.git("log", "--format=%s").strip()).isEqualTo("Begin");
        assertThat(shop.keystone("sync", "--dry-run").run().succeeds().output())
                .isEqualTo("would bring `main`: 1 new commit\n");
        assertThat(shop.keystone("diff", "--stat").run().succeeds().output())
                .contains("inside.txt | 1 +");
        assertThat(shop.keystone("sync").run().succeeds().output())
                .isEqualTo("brought `main`: 1 new commit\n");
        assertThat(project.git("log", "--format=%s").lines()).containsExactly("Inside", "Begin");
        assertThat(project.git("status", "--porcelain")).isEmpty();
        assertThat(inside(shop, "status", "--porcelain", "--branch")).isEqualTo("## main");

        // The user goes on, and cleans up, under the running guest.
        project.git("switch", "--quiet", "feature");
        project.git("commit", "--quiet", "--allow-empty", "--message=Outside");
        project.git("commit", "--quiet", "--amend", "--allow-empty", "--message=Amended");
        project.git("reflog", "expire", "--expire=now", "--all");
        project.git("gc", "--quiet", "--prune=now");
        inside(shop, "stash", "list");
        inside(shop, "worktree", "add", "--quiet", "-b", "other", "/home/sandbox/other");
        inside(shop, "gc", "--quiet");
        assertThat(inside(shop, "fsck", "--no-progress")).doesNotContain("missing", "broken");

        shop.keystone("stop").run().succeeds();
        assertThat(project.git("for-each-ref", "--format=%(refname)", "refs/keystone/shop/heads"))
                .contains("refs/keystone/shop/heads/main", "refs/keystone/shop/heads/other");
        shop.starting().run().succeeds();
        assertThat(inside(shop, "status", "--porcelain", "--branch")).isEqualTo("## feature");
        assertThat(inside(shop, "log", "-1", "--format=%s")).isEqualTo("Amended");
        whatIsRewrittenInsideIsKept(shop, project);
    }

    private static void whatIsRewrittenInsideIsKept(Sandbox shop, Project project)
            throws Exception {
        inside(shop, "commit", "--quiet", "--allow-empty", "--message=One");
        shop.keystone("diff").run().succeeds();
        inside(shop, "commit", "--quiet", "--amend", "--allow-empty", "--message=Two");
        inside(shop, "tag", "mine");

        assertThat(shop.keystone("sync").run().succeeds().output())
                .contains(
                        "brought `feature`: 1 new commit; what the guest has removed or rewritten")
                .contains("is kept: git for-each-ref refs/keystone/shop/old/");
        assertThat(project.git("for-each-ref", "--format=%(subject)", "refs/keystone/shop/old"))
                .isEqualTo("One\n");
        assertThat(project.git("log", "-1", "--format=%s", "refs/keystone/shop/tags/mine"))
                .isEqualTo("Two\n");
    }

    @Test
    void what_is_committed_until_it_is_off_is_fetched(Installation home) throws Exception {
        Project project = home.project("shop");
        Sandbox shop = home.start(project, "--git", "protected");
        identify(shop);
        String work = "while :; do git commit --quiet --allow-empty --message=More; done";
        try (Background _ = shop.executing("sh", "-c", work).start()) {
            await(shop, "More", "log", "-1", "--format=%s");
            shop.keystone("stop").run().succeeds();
        }
        String fetched = project.git("rev-parse", "refs/keystone/shop/heads/main").strip();

        shop.starting().run().succeeds();

        assertThat(inside(shop, "rev-parse", "main")).isEqualTo(fetched);
        shop.keystone("destroy").reading("y\n").run();
        assertThat(project.git("rev-parse", "refs/keystone/shop/heads/main").strip())
                .isEqualTo(fetched);
    }

    @Test
    @Tag("full")
    void a_submodule_that_comes_while_it_runs_ends_it(Installation home) throws Exception {
        Project project = home.project("shop");
        Project part = home.project("part");
        Sandbox shop = home.start(project, "--git", "protected");

        project.git(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                part.path().toString(),
                "lib/part");

        assertThat(Patience.until(SOON, () -> home.processes().isEmpty())).isTrue();
        assertThat(shop.state()).isEqualTo("broken");
        assertThat(shop.status().string("problem")).contains("new submodule, `lib/part`");
        shop.starting().run().succeeds();
        assertThat(inside(shop, "-C", "lib/part", "log", "--format=%s")).isEqualTo("Begin");
    }

    @Test
    @Tag("full")
    void what_is_committed_outside_is_soon_seen_inside(Installation home) throws Exception {
        Project project = home.project("shop");
        Sandbox shop = home.start(project, "--git", "protected");
        identify(shop);

        project.write("README", "from outside\n");
        project.git("commit", "--quiet", "--all", "--message=Outside");
        await(shop, "Outside", "log", "-1", "--format=%s");
        assertThat(inside(shop, "status", "--porcelain", "--branch")).isEqualTo("## main");
        project.git("switch", "--quiet", "--create=topic");
        await(shop, "topic", "branch", "--show-current");

        // With something staged inside, only what the host has is told.
        shop.says("sh", "-c", "echo staged >staged.txt");
        inside(shop, "add", "staged.txt");
        project.git("commit", "--quiet", "--allow-empty", "--message=Further");
        await(shop, "Further", "log", "-1", "--format=%s", "host/topic");
        assertThat(inside(shop, "log", "-1", "--format=%s")).isEqualTo("Outside");
        assertThat(inside(shop, "diff", "--cached", "--name-only")).isEqualTo("staged.txt");
        inside(shop, "reset", "--quiet");
        project.git("commit", "--quiet", "--allow-empty", "--message=Last");
        await(shop, "Last", "log", "-1", "--format=%s");

        // Nobody watches over a .git that is put in the place of this one.
        Files.move(project.path().resolve(".git"), home.projects().resolve("moved.git"));
        assertThat(Patience.until(SOON, () -> home.processes().isEmpty())).isTrue();
        assertThat(shop.state()).isEqualTo("broken");
        assertThat(shop.status().string("problem")).contains("exchanged or removed");
    }

    private static void await(Sandbox sandbox, String expected, String... command) {
        boolean came = Patience.until(SOON, () -> quietly(sandbox, command).equals(expected));
        assertThat(came).as(quietly(sandbox, command)).isTrue();
    }

    private static String quietly(Sandbox sandbox, String... command) {
        try {
            return inside(sandbox, command);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Test
    void what_both_have_moved_is_told_and_nothing_of_it_is_lost(Installation home)
            throws Exception {
        Project project = home.project("shop");
        Sandbox shop = home.start(project, "--git", "protected");
        identify(shop);
        inside(shop, "commit", "--quiet", "--allow-empty", "--message=Inside");
        project.git("commit", "--quiet", "--allow-empty", "--message=Outside");
        await(shop, "Outside", "log", "-1", "--format=%s", "host/main");

        Ended refused = shop.keystone("sync").run().endsWith(6);
        assertThat(refused.errors()).contains("that the guest lacks", "fix:");
        shop.keystone("stop").run().succeeds();
        Ended again = shop.starting().run().succeeds();
        assertThat(again.errors()).contains("`main` has moved on both sides");
        assertThat(inside(shop, "log", "-1", "--format=%s")).isEqualTo("Inside");
        assertThat(inside(shop, "log", "-1", "--format=%s", "host/main")).isEqualTo("Outside");

        Kernel.kill(shop.supervisorPid());
        Patience.until(Duration.ofSeconds(10), () -> home.processes().isEmpty());
        Ended fresh = shop.starting("--fresh").run().endsWith(6);
        assertThat(fresh.errors()).contains("may hold commits that nobody has fetched");
        shop.starting("--fresh", "--force").run().succeeds();
        assertThat(inside(shop, "log", "-1", "--format=%s")).isEqualTo("Outside");
    }

    @Test
    void where_there_is_no_repository_an_empty_directory_holds_its_place(Installation home)
            throws Exception {
        Path plain = Files.createDirectories(home.projects().resolve("plain"));
        Files.writeString(plain.resolve("a"), "a\n");
        Project project = new Project(plain);
        Sandbox sandbox = home.start(project, "--git", "protected");

        Ended planted =
                sandbox.executing("sudo", "sh", "-c", "rm -rf .git; git init -q .; mv .git x")
                        .run();

        assertThat(planted.status()).isNotZero();
        assertThat(plain.resolve(".git")).isEmptyDirectory();
        sandbox.keystone("stop").run().succeeds();
        assertThat(plain.resolve(".git")).doesNotExist();
    }

    private static void identify(Sandbox sandbox) throws InterruptedException {
        inside(sandbox, "config", "user.name", "Grace");
        inside(sandbox, "config", "user.email", "grace@example.org");
    }

    private static String inside(Sandbox sandbox, String... arguments) throws InterruptedException {
        var command = new java.util.ArrayList<>(java.util.List.of("git"));
        command.addAll(java.util.List.of(arguments));
        return sandbox.says(command.toArray(String[]::new));
    }

    /// The host's git directory, as text.
    private static final class Git {
        static String of(Project project) {
            return new Project(project.path().resolve(".git")).contents();
        }

        /// Without the refs and files that are this program's own, and what git on the host itself
        /// rewrites when it looks.
        static String withoutOurs(String contents) {
            return String.join(
                    "\n",
                    contents.lines()
                            .filter(line -> !line.matches(".* (refs/)?keystone(/.*)?"))
                            .filter(line -> !line.endsWith(" index"))
                            .toList());
        }
    }
}
