package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import keystone.agent.egress.Redactor;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskAnswer.Decision;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskState;
import keystone.agent.model.UserError;
import keystone.agent.process.Patience;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TestSandboxes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class TasksTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir private Path top;
    private final FakeWorkplace place = new FakeWorkplace();
    private SandboxDir dir;
    private Tasks tasks;

    @BeforeEach
    void open() {
        dir = TestSandboxes.blue(top);
        tasks = running();
    }

    /// What a supervisor has of it; a later one begins with what is on the disk.
    private Tasks running() {
        return new Tasks(
                dir,
                place,
                new TaskCourse.Surroundings(
                        InstantSource.system(), Optional.empty(), new Redactor()));
    }

    @AfterEach
    void close() throws Exception {
        place.home.countDown();
        tasks.close("it is over", SOON);
    }

    private static TaskOrder order(AgentSpec agent, String prompt, @Nullable String check) {
        return new TaskOrder(
                agent,
                prompt,
                TaskOrder.Where.WORKTREE,
                TaskOrder.Permissions.ALLOW,
                TaskOrder.Limits.USUAL,
                check,
                TaskExtras.NONE);
    }

    private TaskId submit(String script, @Nullable String check) throws InterruptedException {
        return tasks.submit(order(new AgentSpec.Shell(), script, check)).id();
    }

    private TaskId submit(String script) throws InterruptedException {
        return submit(script, null);
    }

    /// An agent that asks in plain words, and says what it was told then.
    private TaskId asking() throws InterruptedException {
        String agent =
                """
                import json, sys
                for line in sys.stdin:
                    message = json.loads(line)
                    if message["method"] == "session/prompt":
                        told = message["params"]["prompt"][0]["text"]
                        text = "Which colour?" if told == "paint it" else "told: " + told
                        print(json.dumps({"jsonrpc": "2.0", "method": "session/update", "params": {"update": {
                            "sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}}}))
                    result = {"protocolVersion": 1, "sessionId": "s", "stopReason": "end_turn", "agentCapabilities": {"loadSession": True}}
                    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
                """;
        place.commands.add(List.of("python3", "-c", agent));
        place.commands.add(List.of("python3", "-c", agent));
        var spec = AgentSpec.Acp.custom(new AgentName("asking"), List.of("asking"));
        TaskId id = tasks.submit(order(spec, "paint it", null)).id();
        await(id, TaskState.Waiting.class);
        return id;
    }

    private TaskDir files(TaskId id) {
        return TaskDir.find(dir, id).orElseThrow();
    }

    private void await(TaskId id, Class<? extends TaskState> wanted) {
        assertThat(Patience.until(SOON, () -> wanted.isInstance(tasks.states().get(id)))).isTrue();
    }

    private TaskOutcome outcome(TaskId id) {
        assertThat(Patience.until(SOON, () -> files(id).result().isPresent())).isTrue();
        return files(id).result().orElseThrow().outcome();
    }

    private static void enter(Semaphore where) throws InterruptedException {
        assertThat(where.tryAcquire(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void one_that_is_declined_goes_on_without_an_answer() throws Exception {
        TaskId id = asking();
        assertThatThrownBy(
                        () ->
                                tasks.answer(
                                        id, new TaskAnswer("", Decision.ACCEPT, Map.of("", " "))))
                .hasMessageContaining("the answer is empty");

        tasks.answer(id, new TaskAnswer("", Decision.DECLINE, Map.of()));

        assertThat(outcome(id)).isEqualTo(new TaskOutcome.Done());
        assertThat(files(id).updates())
                .content()
                .contains("told: There is no answer to that. Go on without one.");
    }

    /// Its ssh ends at once, and whoever watches the machine says so a moment later.
    @Test
    void one_whose_machine_has_ended_has_failed_for_that_and_not_for_what_broke() throws Exception {
        place.gone.countDown();
        TaskId id = submit("exit 255");
        enter(place.asking);

        tasks.close("the machine of its sandbox ended", SOON);

        assertThat(outcome(id)).isInstanceOf(TaskOutcome.Failed.class);
        assertThat(outcome(id).toString()).contains("the machine of its sandbox ended");
        assertThat(files(id).updates()).content().doesNotContain("connection refused");
    }

    @Test
    void prompts_do_not_fill_the_memory() throws Exception {
        place.slow = true;
        String large = "x".repeat(100 << 10);
        var ids = new ArrayList<TaskId>();
        for (int i = 0; i < 40; i++) {
            ids.add(submit(large));
        }

        assertThatThrownBy(() -> submit(large))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("million characters");
        assertThatThrownBy(() -> tasks.reply(ids.getFirst(), large))
                .hasMessageContaining("million characters");
        // Only this one has been made before it is refused.
        assertThatThrownBy(() -> submit("true", large)).hasMessageContaining("million characters");
        assertThat(TaskDir.all(dir)).hasSize(40);
        for (int i = 0; i < 39; i++) {
            tasks.cancel(ids.get(i));
        }
        assertThat(submit(large)).isNotNull();
    }

    @Test
    void what_it_was_told_at_work_counts() throws Exception {
        place.slow = true;
        TaskId id = submit("x");
        String large = "x".repeat(100 << 10);
        for (int i = 0; i < 40; i++) {
            tasks.reply(id, large);
        }

        assertThatThrownBy(() -> tasks.reply(id, large)).hasMessageContaining("million characters");
    }

    @Test
    void one_that_makes_its_place_is_cancelled_at_once() throws Exception {
        place.slow = true;
        TaskId id = submit("true");
        enter(place.preparing);

        tasks.cancel(id);

        assertThat(outcome(id)).isEqualTo(new TaskOutcome.Cancelled());
        assertThat(files(id).updates()).content().contains("\"kind\":\"ended\"");
    }

    @Test
    void a_cancel_that_comes_too_late_says_so() throws Exception {
        place.home = new CountDownLatch(1);
        TaskId id = submit("true");
        enter(place.bringing);
        var cancelling =
                new FutureTask<>(
                        () -> {
                            tasks.cancel(id);
                            return "cancelled";
                        });
        Thread thread = Thread.ofPlatform().start(cancelling);
        assertThat(Patience.until(SOON, () -> thread.getState() == Thread.State.TIMED_WAITING))
                .isTrue();

        place.home.countDown();

        assertThatThrownBy(cancelling::get)
                .hasMessageContaining("had ended before it could be cancelled: done");
        assertThat(outcome(id)).isEqualTo(new TaskOutcome.Done());
    }

    @Test
    void while_it_is_checked_a_reply_is_told_so() throws Exception {
        place.commands.add(List.of("true"));
        place.commands.add(List.of("tail", "-f", "/dev/null"));
        TaskId id = submit("true", "make test");
        assertThat(
                        Patience.until(
                                SOON,
                                () ->
                                        files(id).wasPrompted()
                                                && contains(files(id).updates(), "checking: ")))
                .isTrue();

        assertThatThrownBy(() -> tasks.reply(id, "more")).hasMessageContaining("being checked");
        tasks.cancel(id);
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void what_a_stop_finds_without_an_agent_says_how_it_goes_on() throws Exception {
        TaskId waits = asking();
        place.slow = true;
        for (int i = 0; i < 4; i++) {
            TaskId _ = submit("true");
        }
        TaskId queued = submit("true");
        await(queued, TaskState.Queued.class);

        tasks.close("its sandbox was stopped", SOON);

        assertThat(outcome(waits).reason())
                .startsWith("its sandbox was stopped")
                .endsWith("to be asked again: keystone-agent task resume " + waits);
        assertThat(outcome(queued).reason()).endsWith("keystone-agent task resume " + queued);
        assertThatThrownBy(() -> submit("true")).hasMessageContaining("being stopped");
        assertThat(TaskDir.all(dir)).hasSize(6);
    }

    @Test
    void what_a_stop_cut_off_says_how_it_goes_on() throws Exception {
        place.slow = true;
        TaskId id = submit("true");
        enter(place.preparing);

        tasks.close("its sandbox was stopped", SOON);

        assertThat(outcome(id).reason())
                .isEqualTo("its sandbox was stopped; to go on: keystone-agent task resume " + id);
    }

    @Test
    void a_question_in_plain_words_that_a_stop_left_open_is_asked_again() throws Exception {
        place.harvest = new Workplace.Harvest(2, " x | 1 +", List.of());
        TaskId id = asking();
        tasks.close("its sandbox was stopped", SOON);
        assertThat(outcome(id)).isInstanceOf(TaskOutcome.Failed.class);

        tasks = running();
        tasks.resume(id);

        assertThat(tasks.states().get(id))
                .isInstanceOfSatisfying(
                        TaskState.Waiting.class,
                        waiting ->
                                assertThat(waiting.question().text()).isEqualTo("Which colour?"));
        assertThat(files(id).result()).isEmpty();
        tasks.close("its sandbox was stopped", SOON);
        assertThat(files(id).result().orElseThrow().commits()).isEqualTo(2);

        tasks = running();
        tasks.resume(id);
        tasks.answer(id, new TaskAnswer("", Decision.ACCEPT, Map.of("", "red")));

        assertThat(outcome(id)).isEqualTo(new TaskOutcome.Done());
        assertThat(files(id).updates()).content().contains("told: red");
    }

    @Test
    void an_agent_whose_question_a_stop_closed_is_told_to_ask_again() throws Exception {
        String agent =
                """
                import json, sys
                def say(**message):
                    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
                for line in sys.stdin:
                    message = json.loads(line)
                    method = message.get("method")
                    if method == "session/prompt":
                        told = message["params"]["prompt"][0]["text"]
                        say(method="session/update", params={"update": {
                            "sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "told: " + told}}})
                        if told == "paint it":
                            say(id="q", method="elicitation/create", params={"mode": "form", "message": "Really?"})
                            while json.loads(sys.stdin.readline()).get("id") != "q": pass
                    if "id" in message:
                        say(id=message["id"], result={"protocolVersion": 1, "sessionId": "s", "stopReason": "end_turn",
                            "agentCapabilities": {"loadSession": True}})
                """;
        place.commands.add(List.of("python3", "-c", agent));
        place.commands.add(List.of("python3", "-c", agent));
        var spec = AgentSpec.Acp.custom(new AgentName("asking"), List.of("asking"));
        TaskId id = tasks.submit(order(spec, "paint it", null)).id();
        await(id, TaskState.Waiting.class);
        tasks.close("its sandbox was stopped", SOON);
        assertThat(outcome(id).reason()).contains("stopped before somebody answered");

        tasks = running();
        tasks.resume(id);

        assertThat(outcome(id)).isEqualTo(new TaskOutcome.Done());
        assertThat(files(id).updates())
                .content()
                .contains("told: You were cut off.")
                .contains("If a question of yours was not answered, ask it again.");
    }

    /// Whichever comes first: both cannot have their way.
    @Test
    void a_task_that_is_told_more_is_not_cancelled_with_what_it_was() throws Exception {
        TaskId id = asking();
        place.slow = true;
        tasks.reply(id, "red");
        enter(place.preparing);
        enter(place.preparing);

        tasks.cancel(id);

        assertThat(outcome(id)).isEqualTo(new TaskOutcome.Cancelled());
        assertThat(tasks.states()).doesNotContainKey(id);
    }
}
