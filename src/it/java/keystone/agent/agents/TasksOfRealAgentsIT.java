package keystone.agent.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.models.ModelServer;
import keystone.agent.models.Step;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tasks with the agents as they come from npm, in a real guest. Their models are a script of the
/// test's, at a base URL that a user of this host has set; whose key never leaves the host.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
final class TasksOfRealAgentsIT {
    /// A gigabyte is downloaded and packed.
    private static final Duration BUILD = Duration.ofMinutes(25);

    /// Under emulation an agent takes most of a minute until it does anything.
    private static final Duration WORK = Duration.ofMinutes(8);

    private static final int FAILED = 10;
    private static final int WAITING = 12;
    private static final int CANCELLED = 13;
    private static final String KEY = "sk-ant-api03-of-the-test-which-never-leaves-this-host";

    private ModelServer models;
    private Installation home;
    private Project project;
    private Sandbox sandbox;

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        this.home = home;
        models = ModelServer.open();
        Ended _ = home.keystone("image", "build", "--agents").within(BUILD).run().succeeds();
        project = home.project("work");
        project.git("config", "user.name", "Ada");
        project.git("config", "user.email", "ada@example.org");
        String base = "http://127.0.0.1:" + models.port();
        Ended _ =
                home.starting(project, "--agent", "codex", "--memory", "3g", "--git", "protected")
                        .with("OPENAI_API_KEY", KEY)
                        .with("OPENAI_BASE_URL", base + "/v1")
                        .with("ANTHROPIC_API_KEY", KEY)
                        .with("ANTHROPIC_BASE_URL", base)
                        .with("GEMINI_API_KEY", KEY)
                        .with("GOOGLE_GEMINI_BASE_URL", base)
                        .run()
                        .succeeds();
        sandbox = home.sandbox("work", project);
    }

    @AfterAll
    void close() throws IOException {
        models.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"codex", "claude", "gemini"})
    void each_writes_a_file_and_its_branch_comes_home(String agent) throws Exception {
        String prompt = "write a file with " + agent;
        models.play(
                prompt,
                new Step.Run("echo by " + agent + " >" + agent + ".txt"),
                new Step.Say("It is written."));

        Ended ended = run(agent, prompt).run();

        assertThat(ended.succeeds().output()).contains("It is written.");
        String id = only(prompt).string("id");
        assertThat(ended.errors()).contains("task " + id + " done", agent + ".txt | 1 +");
        assertThat(task("diff", id).run().succeeds().output()).contains("+by " + agent);
        assertThat(project.path().resolve(agent + ".txt")).doesNotExist();
        assertThat(models.requests().toString().contains(KEY))
                .as("the key itself is not in a guest, and does not leave without TLS")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"codex", "claude", "gemini"})
    void each_that_is_cancelled_in_mid_tool_leaves_nothing_running(String agent) throws Exception {
        String prompt = "wait long with " + agent;
        models.play(prompt, new Step.Run("touch began; exec tail -f /dev/null"));
        String id = submit(agent, prompt);
        try (Background follower = task("follow", id).start()) {
            assertThat(Patience.until(WORK, () -> runs("tail"))).as("%s", follower).isTrue();
            Ended _ = task("cancel", id).within(WORK).run().succeeds();
            assertThat(follower.await(WORK).status()).isEqualTo(CANCELLED);
        }
        assertThat(runs("tail")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "codex, 401", "codex, 429", "codex, 529",
        "claude, 401", "claude, 429", "claude, 529",
        "gemini, 401"
    })
    void each_whose_model_fails_has_failed(String agent, int status) throws Exception {
        // Without the number, which is looked for in what is said of it.
        String prompt = "meet with " + agent + " the failure " + Integer.toString(status, 36);
        Step[] all = new Step[40];
        Arrays.fill(all, new Step.Fail(status));
        models.play(prompt, all);

        Ended ended = run(agent, prompt).run();

        assertThat(ended.endsWith(FAILED).errors())
                .containsPattern("failed: .*(" + status + "|Authentication required)");
    }

    @Test
    void codex_calls_nobody_but_its_model() throws Exception {
        String prompt = "say it to nobody else";
        models.play(prompt, new Step.Say("Nobody heard."));

        Ended _ = run("codex", prompt).run().succeeds();

        String id = only(prompt).string("id");
        Json.Obj shown = task("show", id, "--json").run().succeeds().object();
        assertThat(shown.array("hosts"))
                .extracting(each -> each.asObject().string("host"))
                .as("with `analytics` off in its settings it reports to nobody")
                .containsOnly("host.keystone.internal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"codex", "claude"})
    void each_asks_and_is_answered(String agent) throws Exception {
        String prompt = "ask first with " + agent;
        models.play(
                prompt,
                new Step.Ask("Which colour?", List.of("Red", "Blue")),
                new Step.Run("echo $(date) >asked-" + agent),
                new Step.Say("Thank you."));

        Ended ended = run(agent, prompt).run();

        assertThat(ended.endsWith(WAITING).errors()).contains("Which colour?");
        String id = only(prompt).string("id");
        Ended _ = task("answer", id, "Blue").run().succeeds();
        assertThat(task("follow", id).within(WORK).run().succeeds().output())
                .contains("Thank you.");
        assertThat(models.requests().toString().replace("\\", ""))
                .containsAnyOf("\"answers\":[\"Blue\"]", "\"Which colour?\"=\"Blue\"");
    }

    private boolean runs(String program) {
        try {
            return !sandbox.says("sh", "-c", "pgrep -x " + program + " || echo none")
                    .equals("none");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    private Invocation run(String agent, String prompt) {
        return task("run", "--agent", agent, prompt).within(WORK);
    }

    private String submit(String agent, String prompt) throws InterruptedException {
        return task("submit", "--agent", agent, prompt).run().succeeds().text();
    }

    private Invocation task(String... words) {
        var all = new ArrayList<>(List.of("task"));
        all.addAll(List.of(words));
        return home.keystone(all.toArray(String[]::new)).in(project.path());
    }

    /// The one whose prompt has these words.
    private Json.Obj only(String words) throws InterruptedException {
        List<Json.Obj> found =
                task("list", "--json").run().succeeds().objects().stream()
                        .filter(each -> each.string("prompt").contains(words))
                        .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }
}
