package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import keystone.agent.json.Json;
import keystone.agent.sandbox.Prunable;
import keystone.agent.sandbox.Sandboxes;
import keystone.agent.sandbox.StartRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is asked for by flags and words, and what is said of those that make no sense.
final class FlagsTest {
    @TempDir private Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() throws IOException {
        desk = new Desk(top);
        desk.directory = Files.createDirectories(top.resolve("blue"));
    }

    @Test
    void force_is_for_fresh_disks_only() {
        assertThat(desk.run("start", "-d", "--force").status()).isEqualTo(2);
        assertThat(desk.use.calls).isEmpty();

        assertThat(desk.run("start", "-d", "--fresh", "--force").status()).isZero();
    }

    @Test
    void fixes_of_misuse_can_be_pasted() {
        assertThat(desk.run("list", "--quiet=x").err())
                .endsWith("fix:   keystone-agent list --quiet\n");
        assertThat(desk.run("help", "-x").err()).endsWith("fix:   keystone-agent help --help\n");
        assertThat(desk.run("tokens", "set", "OPENAI_API_KEY", "sk-1").err())
                .contains("fix:   keystone-agent tokens set OPENAI_API_KEY ")
                .doesNotContain("sk-1");
    }

    @Test
    void there_are_no_settings_of_what_is_no_directory() {
        for (String project : new String[] {"/nonexistent", "/etc/passwd"}) {
            assertThat(desk.run("config", "show", project).status()).isEqualTo(2);
            assertThat(desk.run("config", "approve", project).status()).isEqualTo(2);
        }
    }

    @Test
    void destroy_need_not_ask_and_need_not_give_up_commits_for_that() {
        desk.use.add(FakeUseCases.stopped("blue", desk.directory));

        assertThat(desk.run("destroy").err()).endsWith("fix:   keystone-agent destroy -y blue\n");
        assertThat(desk.run("destroy", "-y", "blue", "blue").status()).isZero();

        assertThat(desk.use.calls).containsExactly("destroy blue");
        assertThat(desk.use.lastUnfetched).isEqualTo(Sandboxes.Unfetched.KEPT);
    }

    @Test
    void flags_are_handed_on_as_they_can_be_typed_again() {
        desk.run("start", "-d", "--memory", "8g", "-e", "TOKEN=secret", "--net", "none");

        StartRequest request = Objects.requireNonNull(desk.use.lastRequest);
        assertThat(request.flags()).containsExactly("--memory 8g", "--net none", "-e TOKEN=VALUE");
        assertThat(request.unrecorded()).containsExactly("-e TOKEN=VALUE");
    }

    @Test
    void what_prune_finds_is_told_to_a_machine() {
        desk.use.prunables.add(new Prunable.HalfDone(Path.of("/state/.new-x"), "cut short"));

        Json.Obj looked = Json.parse(desk.run("prune", "--dry-run", "--json").out()).asObject();
        assertThat(looked.bool("removed")).isFalse();
        assertThat(looked.array("leftovers").getFirst().asObject().string("what"))
                .isEqualTo("/state/.new-x");
        assertThat(desk.run("prune", "--json").status()).isEqualTo(2);
        assertThat(desk.use.calls).isEmpty();

        assertThat(Json.parse(desk.run("prune", "-f", "--json").out()).asObject().bool("removed"))
                .isTrue();
        assertThat(desk.use.calls).containsExactly("prune /state/.new-x");
    }
}
