package keystone.agent.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Wait;
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
/// test's, at a base URL that a user of this host has set; whose key is in no guest.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
final class TasksOfRealAgentsIT {
    /// Everything that is kept there, and the environment of every program. The last letter is in
    /// brackets, so that this command, which `sudo` puts into the environment, is not found.
    private static final String HAS_KEY =
            "{ grep -rqs %1$s /home /etc /worktrees || grep -qs %1$s /proc/[0-9]*/environ; } && echo yes || echo no"
                    .formatted("'" + RealAgents.KEY.replaceFirst("t$", "[t]") + "'");

    private RealAgents agents;
    private ModelServer models;

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        agents = RealAgents.start(home);
        models = agents.models();
    }

    @AfterAll
    void close() throws IOException {
        agents.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"codex", "claude", "gemini"})
    void each_writes_a_file_and_its_branch_comes_home(String agent) throws Exception {
        String prompt = "write a file with " + agent;
        models.play(
                prompt,
                new Step.Run("echo by " + agent + " >" + agent + ".txt"),
                new Step.Say("It is written."));

        Ended ended = agents.run(agent, prompt).run();

        assertThat(ended.succeeds().output()).contains("It is written.");
        String id = agents.only(prompt).string("id");
        assertThat(ended.errors()).contains("task " + id + " done", agent + ".txt | 1 +");
        assertThat(agents.task("diff", id).run().succeeds().output()).contains("+by " + agent);
        assertThat(agents.project().path().resolve(agent + ".txt")).doesNotExist();
        assertThat(models.requests().toString())
                .as("a service of this host's own loopback gets the key")
                .contains(RealAgents.KEY);
        assertThat(agents.sandbox().says("sudo", "sh", "-c", HAS_KEY))
                .as("no guest")
                .isEqualTo("no");
    }

    @ParameterizedTest
    @ValueSource(strings = {"codex", "claude", "gemini"})
    void each_that_is_cancelled_in_mid_tool_leaves_nothing_running(String agent) throws Exception {
        String prompt = "wait long with " + agent;
        models.play(prompt, new Step.Run("touch began; exec tail -f /dev/null"));
        String id = agents.submit(agent, prompt);
        try (Background follower = agents.task("follow", id).start()) {
            assertThat(Patience.until(RealAgents.WORK, () -> agents.runs("tail")))
                    .as("%s", follower)
                    .isTrue();
            Ended _ = agents.task("cancel", id).within(RealAgents.WORK).run().succeeds();
            assertThat(follower.await(RealAgents.WORK).status()).isEqualTo(RealAgents.CANCELLED);
        }
        assertThat(agents.runs("tail")).isFalse();
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

        Ended ended = agents.run(agent, prompt).run();

        assertThat(ended.endsWith(RealAgents.FAILED).errors())
                .containsPattern("failed: .*(" + status + "|Authentication required)");
        if (agent.equals("codex") && status != 401) {
            assertThat(ended.errors())
                    .as("that it tries again, when it has given up WebSockets, too")
                    .containsPattern("(?s)Falling back .*note: Reconnecting\\.\\.\\. ")
                    .contains("host.keystone.internal answers " + status);
        }
    }

    /// It asks twenty times, with growing pauses, without a word, and has failed after seven
    /// minutes and a half.
    @ParameterizedTest
    @ValueSource(ints = {429, 529})
    void gemini_says_nothing_of_what_it_waits_for_but_the_exit_does(int status) throws Exception {
        String prompt = "meet with gemini the limit " + Integer.toString(status, 36);
        Step[] all = new Step[40];
        Arrays.fill(all, new Step.Fail(status));
        models.play(prompt, all);
        String id = agents.submit("gemini", prompt);
        try (Background follower = agents.task("follow", id).start()) {
            Wait.until(
                    "the exit tells of " + status,
                    RealAgents.WORK,
                    () ->
                            follower.errorsSoFar()
                                    .contains("host.keystone.internal answers " + status));
            Ended _ = agents.task("cancel", id).within(RealAgents.WORK).run().succeeds();
            assertThat(follower.await(RealAgents.WORK).status()).isEqualTo(RealAgents.CANCELLED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"codex", "claude"})
    void two_of_an_agent_work_at_once_each_on_a_branch_of_its_own(String agent) throws Exception {
        var both = new CountDownLatch(2);
        var ids = new ArrayList<String>();
        for (String name : List.of("one", "two")) {
            String prompt = "call it " + name + " with " + agent;
            models.play(
                    prompt,
                    new Step.Once(both, new Step.Run("echo by " + name + " >both-" + agent)),
                    new Step.Say("It is called " + name + "."));
            ids.add(agents.submit(agent, prompt));
        }

        for (int i = 0; i < ids.size(); i++) {
            String name = List.of("one", "two").get(i);
            String id = ids.get(i);
            assertThat(agents.task("follow", id).within(RealAgents.WORK).run().succeeds().output())
                    .contains("It is called " + name + ".");
            assertThat(agents.show(id).string("branch")).startsWith("task/" + id);
            assertThat(agents.task("diff", id).run().succeeds().output())
                    .contains("+by " + name)
                    .containsOnlyOnce("+by ");
        }
    }

    @Test
    void codex_calls_nobody_but_its_model() throws Exception {
        String prompt = "say it to nobody else";
        models.play(prompt, new Step.Say("Nobody heard."));

        Ended _ = agents.run("codex", prompt).run().succeeds();

        String id = agents.only(prompt).string("id");
        assertThat(agents.show(id).array("hosts"))
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

        Ended ended = agents.run(agent, prompt).run();

        assertThat(ended.endsWith(RealAgents.WAITING).errors()).contains("Which colour?");
        String id = agents.only(prompt).string("id");
        Ended _ = agents.task("answer", id, "Blue").run().succeeds();
        assertThat(agents.task("follow", id).within(RealAgents.WORK).run().succeeds().output())
                .contains("Thank you.");
        assertThat(models.requests().toString().replace("\\", ""))
                .containsAnyOf("\"answers\":[\"Blue\"]", "\"Which colour?\"=\"Blue\"");
    }
}
