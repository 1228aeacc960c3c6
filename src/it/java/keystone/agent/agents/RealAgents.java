package keystone.agent.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.models.ModelServer;

/// A sandbox with the agents as they come from npm, whose models are a script of the test's, at
/// base URLs that a user of this host has set; and tasks in it.
record RealAgents(Installation home, Project project, ModelServer models) implements AutoCloseable {
    /// A gigabyte is downloaded and packed.
    private static final Duration BUILD = Duration.ofMinutes(25);

    /// Under emulation an agent takes most of a minute until it does anything.
    static final Duration WORK = Duration.ofMinutes(8);

    static final int FAILED = 10;
    static final int WAITING = 12;
    static final int CANCELLED = 13;

    static final String KEY = "sk-ant-api03-of-the-test-which-never-enters-the-guest";

    private static final String NAME = "work";

    static RealAgents start(Installation home) throws IOException, InterruptedException {
        Ended _ = home.keystone("image", "build", "--agents").within(BUILD).run().succeeds();
        Project project = home.project(NAME);
        project.git("config", "user.name", "Ada");
        project.git("config", "user.email", "ada@example.org");
        var agents = new RealAgents(home, project, ModelServer.open());
        agents.start("--agent", "codex", "--memory", "3g", "--git", "protected");
        return agents;
    }

    /// The first time, or again.
    void start(String... flags) throws InterruptedException {
        String base = "http://127.0.0.1:" + models.port();
        Ended _ =
                home.starting(project, flags)
                        .with("OPENAI_API_KEY", KEY)
                        .with("OPENAI_BASE_URL", base + "/v1")
                        .with("ANTHROPIC_API_KEY", KEY)
                        .with("ANTHROPIC_BASE_URL", base)
                        .with("GEMINI_API_KEY", KEY)
                        .with("GOOGLE_GEMINI_BASE_URL", base)
                        .run()
                        .succeeds();
    }

    Sandbox sandbox() {
        return home.sandbox(NAME, project);
    }

    /// Whether the guest has a process of that name.
    boolean runs(String program) {
        try {
            return !sandbox()
                    .says("sh", "-c", "pgrep -x " + program + " || echo none")
                    .equals("none");
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    Invocation run(String agent, String prompt) {
        return task("run", "--agent", agent, prompt).within(WORK);
    }

    String submit(String agent, String prompt) throws InterruptedException {
        return task("submit", "--agent", agent, prompt).run().succeeds().text();
    }

    Invocation task(String... words) {
        var all = new ArrayList<>(List.of("task"));
        all.addAll(List.of(words));
        return home.keystone(all.toArray(String[]::new)).in(project.path());
    }

    Json.Obj show(String id) throws InterruptedException {
        return task("show", id, "--json").run().succeeds().object();
    }

    /// The task whose prompt has these words.
    Json.Obj only(String words) throws InterruptedException {
        List<Json.Obj> found =
                task("list", "--json").run().succeeds().objects().stream()
                        .filter(each -> each.string("prompt").contains(words))
                        .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @Override
    public void close() throws IOException {
        models.close();
    }
}
