package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.json.Json;
import keystone.agent.sandbox.Worktree;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorktreeCommandsTest {
    private static final int USAGE = 2;

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.use.add(FakeUseCases.running("blue", top));
    }

    @Test
    void what_the_files_name_is_copied_into_a_new_one() throws Exception {
        Files.createDirectories(top.resolve("config"));
        Files.writeString(
                top.resolve("config/agent.toml"), "[worktree]\ncopy = ['built', 'absent']\n");

        Outcome outcome = desk.run("worktree", "add", "fix/login");

        assertThat(outcome.status()).as(outcome.all()).isZero();
        assertThat(desk.use.worktrees.calls)
                .containsExactly(
                        "add blue fix/login -",
                        "copy blue " + outcome.out().strip() + " [absent, built]");
        assertThat(outcome.err()).contains("note: `absent` is not copied");
    }

    @Test
    void a_new_one_says_where_it_is_and_how_to_go_in() {
        Outcome outcome = desk.run("worktree", "add", "fix/login", "--from", "main");

        assertThat(outcome.out()).startsWith("/home/sandbox/worktrees/fix-login-");
        assertThat(outcome.err())
                .endsWith("go in: keystone-agent attach blue --worktree fix/login\n");
        assertThat(desk.use.worktrees.calls).containsExactly("add blue fix/login main");
        assertThat(desk.run("worktree", "add", "-q", "fix", "--name", "blue").err()).isEmpty();
        Json.Obj json = Json.parse(desk.run("worktree", "add", "x", "--json").out()).asObject();
        assertThat(json.string("directory")).isEqualTo("/home/sandbox/worktrees/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--force", "-x", "a..b", "a b", "", "x.lock", "a//b", "@", "a\u001b[2J"})
    void what_can_be_no_branch_is_a_misuse(String name) {
        Outcome outcome = desk.run("worktree", "add", "--", name);

        assertThat(outcome.status()).isEqualTo(USAGE);
        assertThat(outcome.err()).contains("error:").doesNotContain("\u001b");
        assertThat(desk.use.worktrees.calls).isEmpty();
    }

    @Test
    void all_are_listed() {
        assertThat(desk.run("worktree", "list").err())
                .contains("keystone-agent worktree add BRANCH");
        desk.use.worktrees.all.add(
                new Worktree("fix/login", "/home/sandbox/worktrees/fix-login", 2, 1, true));
        desk.use.worktrees.all.add(new Worktree("", "/tmp/other", 0, 0, false));

        assertThat(desk.run("worktree", "list", "blue").out())
                .isEqualTo(
                        """
                        BRANCH     AHEAD  CHANGES  SESSION  DIRECTORY
                        fix/login  2      1        yes      /home/sandbox/worktrees/fix-login
                        (none)     0      0        no       /tmp/other
                        """);
        Json.Obj first =
                Json.parse("{\"all\":" + desk.run("worktree", "ls", "--json").out() + "}")
                        .asObject()
                        .array("all")
                        .getFirst()
                        .asObject();
        assertThat(first.string("branch")).isEqualTo("fix/login");
        assertThat(first.number("ahead")).isEqualTo(2);
        assertThat(first.bool("session")).isTrue();
    }

    @Test
    void one_is_removed() {
        assertThat(desk.run("worktree", "remove", "fix/login").err())
                .endsWith("the worktree of `fix/login` is removed; its branch stays\n");
        desk.run("worktree", "rm", "fix", "-f", "--name", "blue");

        assertThat(desk.use.worktrees.calls)
                .containsExactly("remove blue fix/login NONE", "remove blue fix ACCEPTED");
    }

    @Test
    void its_session_is_gone_into() {
        desk.terminal = true;

        desk.run("attach", "--worktree", "fix/login");

        assertThat(desk.use.calls).contains("attach blue fix/login");
    }
}
