package keystone.agent.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import keystone.agent.models.ModelServer;
import keystone.agent.models.Request;
import keystone.agent.models.Step;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The agents of the layer, as they come from npm, in a real guest: their models are a script of
/// the test's, which they reach through the sandbox's one exit.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
final class AgentsIT {
    /// A gigabyte is downloaded and packed.
    private static final Duration BUILD = Duration.ofMinutes(25);

    /// Under emulation they take most of a minute until they do anything.
    private static final Duration WORK = Duration.ofMinutes(6);

    private static final String MODELS = "http://" + ModelServer.HOST;

    private ModelServer models;
    private Installation home;
    private Sandbox sandbox;

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        this.home = home;
        models = ModelServer.open();
        ofTheUser(".claude/CLAUDE.md", "be brief");
        ofTheUser(".claude/skills/sums/SKILL.md", "add");
        ofTheUser(".claude/.credentials.json", "{}");
        ofTheUser(".codex/auth.json", "{}");
        Ended _ = home.keystone("image", "build", "--agents").within(BUILD).run().succeeds();
        Project project = home.project("agents");
        Ended _ =
                home.starting(project, "--agent", "codex", "--memory", "3g")
                        .with("http_proxy", models.proxy())
                        .with("https_proxy", models.proxy())
                        .with("no_proxy", null)
                        .run()
                        .succeeds();
        sandbox = home.sandbox("agents", project);
        Ended _ =
                home.keystone("net", "allow", ModelServer.HOST, "--name", "agents")
                        .run()
                        .succeeds();
    }

    private void ofTheUser(String path, String text) throws IOException {
        Path file = home.userHome().resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    @AfterAll
    void close() throws IOException {
        models.close();
    }

    @Test
    void each_is_there_in_the_version_that_is_listed() throws Exception {
        for (Json.Obj agent : home.keystone("agents", "list", "--json").run().objects()) {
            String version = agent.stringOrNull("version");
            if (version != null) {
                Ended said =
                        sandbox.executing(agent.string("name"), "--version").within(WORK).run();
                assertThat(said.succeeds().text()).contains(version);
                assertThat(agent.bool("ready")).isTrue();
            }
        }
    }

    @Test
    void the_users_own_set_up_is_there_and_no_credential() throws Exception {
        assertThat(sandbox.says("sh", "-c", "cat ~/.claude/CLAUDE.md ~/.claude/skills/sums/*"))
                .isEqualTo("be briefadd");
        assertThat(sandbox.says("stat", "-c", "%U %a", "/home/sandbox/.claude/CLAUDE.md"))
                .isEqualTo("sandbox 444");
        assertThat(sandbox.says("sh", "-c", "ls -A ~/.claude")).doesNotContain("credentials");
        assertThat(sandbox.says("sh", "-c", "cat ~/.codex/auth.json 2>&1 || true"))
                .doesNotContain("{}");
    }

    /// What it shows then is its prompt: a dialogue would have come before.
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    claude, ANTHROPIC_API_KEY, bypass permissions on
                    codex,  OPENAI_API_KEY,    Ask Codex to do anything
                    gemini, GEMINI_API_KEY,    Type your message
                    """)
    void each_shows_its_prompt_at_once(String agent, String key, String prompt) throws Exception {
        String seen = "tmux -L " + agent + " capture-pane -p";
        Ended _ =
                sandbox.executing("tmux", "-L", agent, "new-session", "-d", "-x", "120", "-y", "40")
                        .run()
                        .succeeds();
        Ended _ =
                sandbox.executing(
                                "tmux",
                                "-L",
                                agent,
                                "send-keys",
                                key + "=sk-of-the-test-which-is-long-enough " + agent,
                                "Enter")
                        .run()
                        .succeeds();

        Wait.until(agent + " shows its prompt", WORK, () -> shows(seen, prompt));

        Ended _ = sandbox.executing("tmux", "-L", agent, "kill-server").run();
    }

    private boolean shows(String seen, String prompt) {
        try {
            return sandbox.executing("sh", "-c", seen).run().output().contains(prompt);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    @Test
    void codex_does_what_the_model_says() throws Exception {
        models.play(
                "with codex",
                new Step.Run("echo by codex >/workspace/codex.txt"),
                new Step.Say("Codex wrote it."));

        Ended ended =
                agent(
                        // Of two, it goes on with the one that it was shown first.
                        "OPENAI_API_KEY=sk-of-the-test-which-is-long-enough",
                        "codex",
                        "exec",
                        "--skip-git-repo-check",
                        "-c",
                        "openai_base_url=\"" + MODELS + "/v1\"",
                        "write a file with codex");

        assertThat(ended.succeeds().output()).contains("Codex wrote it.");
        assertThat(sandbox.project().read("codex.txt")).isEqualTo("by codex\n");
        assertThat(asked("/v1/responses").headers())
                .containsEntry("authorization", "Bearer sk-of-the-test-which-is-long-enough");
    }

    @Test
    void claude_does_what_the_model_says() throws Exception {
        models.play(
                "with claude",
                new Step.Run("echo by claude >/workspace/claude.txt"),
                new Step.Say("Claude wrote it."));

        Ended ended =
                agent(
                        "ANTHROPIC_API_KEY=sk-of-the-test-which-is-long-enough",
                        "ANTHROPIC_BASE_URL=" + MODELS,
                        "claude",
                        "-p",
                        "write a file with claude");

        assertThat(ended.succeeds().output()).contains("Claude wrote it.");
        assertThat(sandbox.project().read("claude.txt")).isEqualTo("by claude\n");
        assertThat(asked("/v1/messages").headers())
                .containsEntry("x-api-key", "sk-of-the-test-which-is-long-enough");
    }

    @Test
    void gemini_does_what_the_model_says() throws Exception {
        models.play(
                "with gemini",
                new Step.Run("echo by gemini >/workspace/gemini.txt"),
                new Step.Say("Gemini wrote it."));

        Ended ended =
                agent(
                        "GEMINI_API_KEY=of-the-test",
                        "GOOGLE_GEMINI_BASE_URL=" + MODELS,
                        "gemini",
                        "-p",
                        "write a file with gemini");

        assertThat(ended.succeeds().output()).contains("Gemini wrote it.");
        assertThat(sandbox.project().read("gemini.txt")).isEqualTo("by gemini\n");
        assertThat(asked(":streamGenerateContent").headers())
                .containsEntry("x-goog-api-key", "of-the-test");
    }

    private Ended agent(String... command) throws InterruptedException {
        var all = new ArrayList<>(List.of("env"));
        all.addAll(List.of(command));
        Invocation invocation = sandbox.executing(all.toArray(String[]::new));
        return invocation.reading("").within(WORK).run();
    }

    private Request asked(String path) {
        return models.requests().stream()
                .filter(each -> each.target().contains(path))
                .findFirst()
                .orElseThrow();
    }
}
