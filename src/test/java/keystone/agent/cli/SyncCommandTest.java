package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.json.Json;
import keystone.agent.sandbox.Returning.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SyncCommandTest {
    private static final int NEEDS_LOOK = 20;
    private static final int WRONG_STATE = 6;

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.use.add(FakeUseCases.running("blue", top));
    }

    @Test
    void what_came_home_is_said() {
        assertThat(desk.run("sync", "blue").out()).isEqualTo("brought `main`: 3 new commits\n");
        assertThat(desk.run("sync", "--dry-run", "--branch", "fix").out())
                .isEqualTo("would bring `main`: 3 new commits\n");
        desk.run("sync", "--allow-nested");

        assertThat(desk.use.returning.calls)
                .containsExactly(
                        "sync blue - MOVE", "sync blue fix LOOK", "sync blue - MOVE_WITH_NESTED");
    }

    @Test
    void who_commits_inside_can_be_told_anew() {
        assertThat(desk.run("sync", "--git").out())
                .isEqualTo("commits in blue are by Ada <ada@example.org>\n");
        assertThat(desk.run("sync", "--git", "--dry-run").err())
                .contains("error: --git brings nothing home");

        assertThat(desk.use.returning.calls).containsExactly("identify blue null");
    }

    @Test
    void one_line_tells_what_to_review() {
        assertThat(desk.run("sync").err()).doesNotContain("review");
        desk.use.reviews.change();

        assertThat(desk.run("sync").err())
                .contains("3 files changed since its first start, 2 of them need a look")
                .endsWith(": keystone-agent review blue\n");
        assertThat(desk.run("sync", "-q").err()).isEmpty();
        assertThat(desk.run("sync", "--json").err()).doesNotContain("review");
    }

    @Test
    void a_refusal_is_an_error_with_its_way_on() {
        desk.use.returning.result =
                new Result(Result.Kind.REFUSED, "a merge is in progress here", "git status");

        Outcome outcome = desk.run("sync");

        assertThat(outcome.status()).isEqualTo(WRONG_STATE);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .contains("error: a merge is in progress here\nfix:   git status\n");
    }

    @Test
    void what_needs_a_look_has_an_exit_code_of_its_own() {
        desk.use.returning.result =
                new Result(Result.Kind.NEEDS_LOOK, "the guest's commits add repositories", "");

        Outcome outcome = desk.run("sync");

        assertThat(outcome.status()).isEqualTo(NEEDS_LOOK);
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        the guest's commits add repositories
                        look at them, then: keystone-agent sync blue --allow-nested
                        """);
    }

    @Test
    void json_has_the_outcome_in_a_word() {
        desk.use.returning.result =
                new Result(Result.Kind.REFUSED, "`main` has 1 commit", "git log");

        Outcome outcome = desk.run("sync", "--json");

        assertThat(outcome.status()).isEqualTo(WRONG_STATE);
        Json.Obj json = Json.parse(outcome.out()).asObject();
        assertThat(json.string("outcome")).isEqualTo("refused");
        assertThat(json.string("sentence")).isEqualTo("`main` has 1 commit");
        assertThat(json.string("advice")).isEqualTo("git log");
    }

    @Test
    void a_difference_is_printed_as_it_is() {
        assertThat(desk.run("diff", "--stat").out()).isEqualTo(" a.txt | 1 +\n");
        desk.run("diff", "blue", "--branch", "fix");

        assertThat(desk.use.returning.calls)
                .containsExactly("diff blue - STAT", "diff blue fix PATCH");
    }

    @Test
    void stop_brings_home_what_there_was_at_the_end() {
        Outcome outcome = desk.run("stop", "--sync", "blue");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).isEqualTo("brought `main`: 3 new commits\n");
        assertThat(desk.use.calls).containsExactly("stop blue GRACEFUL");
        assertThat(desk.use.returning.calls).containsExactly("sync blue - MOVE");
    }

    @Test
    void a_stop_that_cannot_bring_commits_home_says_so_and_has_stopped() {
        desk.use.returning.result = new Result(Result.Kind.REFUSED, "`main` has moved", "rebase");

        Outcome outcome = desk.run("stop", "--sync", "blue");

        assertThat(outcome.status()).isEqualTo(6);
        assertThat(outcome.err()).contains("blue is stopped", "error: `main` has moved");
        assertThat(desk.run("stop", "--sync", "--force", "blue").status()).isEqualTo(2);
    }
}
