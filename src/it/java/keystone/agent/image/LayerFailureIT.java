package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Wait;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A layer that cannot be built, or whose build is killed: the start says why, and nothing is left.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LayerFailureIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration GONE = Duration.ofSeconds(10);

    private final Installation home;

    LayerFailureIT() throws Exception {
        home = Installation.withOwnImages();
    }

    @AfterAll
    void close() {
        home.close();
    }

    @Test
    void a_script_that_fails_shows_its_last_lines() throws Exception {
        Project project =
                projectWith(
                        "failing",
                        "setup = 'seq -f \"step %g\" 30; cat /nowhere/at-all; echo not reached'");

        Ended failed = home.starting(project).run().endsWith(1);

        assertThat(failed.errors())
                .contains("the project's `setup` script failed with status 1\n  step 24\n")
                .contains("step 30\n  cat: /nowhere/at-all: No such file or directory")
                .doesNotContain("not reached")
                .contains("\nfix:   correct `packages` or `setup` under [image]");
        assertNothingIsLeft();
    }

    @Test
    void a_package_that_nobody_has_is_named() throws Exception {
        Project project = projectWith("unknown", "packages = [\"bc\", \"no-such-thing\"]");

        Ended refused = home.starting(project).run().endsWith(1);

        assertThat(refused.errors())
                .contains("no-such-thing")
                .contains("fix:   correct `packages` under [image] in .keystone/agent.toml");
        assertNothingIsLeft();
    }

    @Test
    void a_build_that_is_killed_while_it_packs_leaves_nothing() throws Exception {
        killAndBuildAgain("image:packing");
    }

    @Tag("full")
    @ParameterizedTest
    @ValueSource(strings = {"start:kernel", "image:copying", "image:setup:", "image:writing"})
    void a_build_that_is_killed_at_any_step_leaves_nothing(String moment) throws Exception {
        killAndBuildAgain(moment);
    }

    private void killAndBuildAgain(String moment) throws Exception {
        String name = "killed-at-" + moment.replace(':', '-').replaceFirst("-$", "");
        Project project = projectWith(name, "setup = 'echo " + moment + " | tee /etc/it'");
        try (Hold hold = Hold.at(moment);
                Background start = home.starting(project).with(hold).start()) {
            hold.await(LIMIT);
            start.kill();
        }
        Wait.until("the killed build is gone", GONE, () -> home.processes().isEmpty());
        assertThat(images()).containsExactly("base");

        home.start(project);

        assertThat(home.sandbox(name, project).says("cat", "/etc/it")).isEqualTo(moment);
        home.keystone("destroy", "-f", name).run().succeeds();
        home.keystone("image", "rm", "--unused").run().succeeds();
        assertNothingIsLeft();
    }

    private Project projectWith(String name, String image) throws InterruptedException {
        Project project = home.project(name);
        project.write(".keystone/agent.toml", "[image]\n" + image + "\n");
        home.keystone("config", "approve", "--yes", project.path().toString()).run().succeeds();
        return project;
    }

    private List<String> images() throws InterruptedException {
        return home.keystone("image", "list", "--json").run().succeeds().objects().stream()
                .map(image -> image.string("kind"))
                .toList();
    }

    /// Neither processes nor files, nor a sandbox that never was.
    private void assertNothingIsLeft() throws InterruptedException {
        assertThat(home.processes()).isEmpty();
        assertThat(home.runs()).isEmpty();
        assertThat(home.kept()).isEmpty();
        assertThat(images()).containsExactly("base");
        assertThat(Shelves.unfinished(home)).isEmpty();
    }
}
