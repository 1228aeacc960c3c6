package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.json.Json;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReviewCommandTest {
    private static final int NEEDS_LOOK = 20;

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.use.add(FakeUseCases.running("blue", top));
    }

    @Test
    void nothing_to_see_is_said_and_ends_well() {
        Outcome outcome = desk.run("review");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).isEqualTo("nothing changed since its first start, 2h 0m ago\n");
    }

    @Test
    void what_needs_a_look_comes_with_its_reason_and_an_exit_code() {
        desk.use.reviews.change();

        Outcome outcome = desk.run("review");

        assertThat(outcome.status()).isEqualTo(NEEDS_LOOK);
        assertThat(outcome.out())
                .isEqualTo(
                        """
                        1 file added, 2 changed, 0 removed since its first start, 2h 0m ago

                        git: git on this host obeys it
                          added    .git/hooks/post-checkout

                        link: it leads out of the project or mount: who reads or writes it on this host is led there
                          changed  data?[2J -> /etc

                        every change: keystone-agent review --again --all
                        """);
        assertThat(desk.run("review").out()).startsWith("nothing changed since the last review");
        assertThat(desk.run("review", "--again").status()).isEqualTo(NEEDS_LOOK);
    }

    @Test
    void what_was_kept_is_shown_again() {
        desk.use.reviews.change();

        assertThat(desk.run("review", "--keep").status()).isEqualTo(NEEDS_LOOK);
        Outcome again = desk.run("review", "--all");

        assertThat(again.status()).isEqualTo(NEEDS_LOOK);
        assertThat(again.out()).contains("every change\n", "  changed  README\n");
    }

    @Test
    void json_has_everything() {
        desk.use.reviews.change();

        Outcome outcome = desk.run("review", "--json");

        Json.Obj json = Json.parse(outcome.out()).asObject();
        assertThat(outcome.status()).isEqualTo(NEEDS_LOOK);
        assertThat(json.bool("needsLook")).isTrue();
        assertThat(json.string("comparedWith")).isEqualTo("start");
        assertThat(outcome.out())
                .contains("\"danger\": \"git\"", "\"target\": \"/etc\"", "\"change\": \"added\"")
                .doesNotContain("\u001b");
    }

    @Test
    void stopping_ends_with_one_line_about_it() {
        desk.use.reviews.change();

        assertThat(desk.run("stop").err())
                .endsWith(
                        "3 files changed since its first start, 2 of them need a look:"
                                + " keystone-agent review blue\n");
        assertThat(desk.run("-q", "stop").err()).isEmpty();
    }

    @Test
    void a_project_too_large_to_be_seen_whole_is_never_called_unsuspicious() {
        desk.use.reviews.outgrow();

        assertThat(desk.run("stop").err())
                .endsWith(
                        "0 files changed since its first start, and there is more than is looked at:"
                                + " keystone-agent review blue\n");
        assertThat(desk.run("review").status()).isEqualTo(20);
    }

    @Test
    void what_nobody_looked_at_is_told_before_it_cannot_be_any_more() {
        desk.use.reviews.change();

        Outcome outcome = desk.run("destroy", "-f");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.err())
                .startsWith(
                        """
                        3 files changed since its first start, 2 of them need a look, and once blue is gone none can be told:

                        git: git on this host obeys it
                          added    .git/hooks/post-checkout
                        """)
                .contains("link: ", "\n  changed  data?[2J -> /etc\n")
                .endsWith("blue is removed\n");
    }

    @Test
    void where_nothing_needs_a_look_a_removal_says_nothing_about_it() {
        assertThat(desk.run("destroy", "-f").err()).doesNotContain("look");
    }

    @Test
    void what_cannot_be_told_comes_with_its_reason() {
        desk.use.reviews.failure =
                UserError.failed("it cannot be read", "keystone-agent destroy -f blue");

        assertThat(desk.run("stop", "blue").err())
                .endsWith(
                        "what changed in the project cannot be told: it cannot be read;"
                                + " then: keystone-agent destroy -f blue\n")
                .doesNotContain("keystone-agent review");
    }
}
