package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.json.Json;
import keystone.agent.model.SandboxName;
import keystone.agent.sandbox.ImageEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageCommandsTest {
    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
    }

    @Test
    void building_prints_the_digest_and_says_how_it_gets_on() {
        Outcome outcome = desk.run("image", "build", "--update");

        assertThat(outcome.out()).isEqualTo(FakeUseCases.IMAGE.brief() + "\n");
        assertThat(outcome.err()).isEqualTo("downloading packages …\n");
        assertThat(desk.use.images.calls).containsExactly("build NEWEST");
    }

    @Test
    void no_images_are_said_in_words_and_in_json() {
        assertThat(desk.run("image", "ls").err()).startsWith("there are no images yet");
        assertThat(desk.run("image", "list", "--json").out()).isEqualTo("[]\n");
    }

    @Test
    void images_are_listed_with_who_uses_them() {
        add();

        assertThat(desk.run("image", "list").out())
                .isEqualTo(
                        """
                        DIGEST        KIND  SIZE    AGE    USED BY
                        %s  base  63 MiB  3d 2h  blue, red
                        """
                                .formatted(FakeUseCases.IMAGE.brief()));
    }

    @Test
    void one_image_is_shown_in_full() {
        add();

        Outcome outcome = desk.run("image", "inspect", "61");
        Json.Obj json = Json.parse(desk.run("image", "inspect", "61", "--json").out()).asObject();

        assertThat(outcome.out())
                .contains("kernel    6.1.0\n", "  git 1:2.39\n", "  echo ?[31m\n")
                .doesNotContain("\u001b");
        assertThat(json.string("digest")).isEqualTo(FakeUseCases.IMAGE.hex());
        assertThat(json.array("usedBy")).hasSize(2);
        assertThat(json.get("base")).isNull();
        assertThat(desk.use.images.calls).containsExactly("inspect 61", "inspect 61");
    }

    @Test
    void removing_needs_to_be_told_what() {
        add();

        assertThat(desk.run("image", "rm").status()).isEqualTo(2);
        assertThat(desk.run("image", "rm", "--unused", "61").status()).isEqualTo(2);
        assertThat(desk.use.images.calls).isEmpty();

        desk.run("image", "rm", "61", "62");
        desk.run("image", "rm", "--unused");
        assertThat(desk.use.images.calls)
                .containsExactly("remove 61", "remove 62", "remove unused");
    }

    private void add() {
        desk.use.images.entries.add(
                new ImageEntry(
                        FakeUseCases.IMAGE,
                        "base",
                        63L << 20,
                        FakeUseCases.NOW.minus(Duration.ofHours(74)),
                        List.of(new SandboxName("blue"), new SandboxName("red"))));
    }

    @Test
    void a_build_reports_the_whole_digest_to_a_machine() {
        assertThat(
                        Json.parse(desk.run("image", "build", "--json").out())
                                .asObject()
                                .string("digest"))
                .isEqualTo(FakeUseCases.IMAGE.hex());
    }
}
