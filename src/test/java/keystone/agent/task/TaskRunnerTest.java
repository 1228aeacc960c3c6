package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskAnswer.Decision;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Limits;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.PipeThread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TaskRunnerTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final BlockingQueue<TaskUpdate> updates = new LinkedBlockingQueue<>();
    private final BlockingQueue<TaskRunner.Result> results = new LinkedBlockingQueue<>();

    @Test
    void a_script_says_what_it_prints_and_its_status_decides() throws Exception {
        assertThat(run(shell("x")).run("printf one; echo two >&2", null))
                .isEqualTo(ended(new TaskOutcome.Done()));
        assertThat(output()).isEqualTo("onetwo\n");
        assertThat(run(shell("x")).run("exit 7", null))
                .isEqualTo(ended(new TaskOutcome.Failed("the script ended with status 7")));
    }

    @Test
    void what_takes_too_long_is_ended() throws Exception {
        TaskOrder order = shell("x", new Limits(Duration.ofMillis(300), Duration.ofHours(1), null));

        assertThat(run(order).run("tail -f /dev/null", null).toString())
                .contains("it was not done within");
    }

    @Test
    void silence_is_noticed_once_and_ends_nothing() throws Exception {
        TaskOrder order = shell("x", new Limits(null, Duration.ofMillis(200), null));
        TaskRunner runner = run(order);
        start(runner, "tail -f /dev/null");

        await(update -> update instanceof TaskUpdate.Note(String text) && text.contains("heard"));
        assertThat(results.poll(500, TimeUnit.MILLISECONDS)).isNull();
        runner.cancel();
        assertThat(result()).isEqualTo(ended(new TaskOutcome.Cancelled()));
        assertThat(updates).noneMatch(TaskUpdate.Note.class::isInstance);
    }

    @Test
    void what_it_may_wait_for_is_said_with_its_silence() throws Exception {
        TaskOrder order = shell("x", new Limits(null, Duration.ofMillis(200), null));
        TaskRunner runner = run(order);
        runner.waitsFor("the host answers 429");
        start(runner, "tail -f /dev/null");

        await(
                update ->
                        update instanceof TaskUpdate.Note(String text)
                                && text.startsWith("nothing was heard")
                                && text.endsWith("; the host answers 429"));
        runner.cancel();
        assertThat(result()).isEqualTo(ended(new TaskOutcome.Cancelled()));
    }

    @Test
    void further_prompts_wait_for_their_turn(@TempDir Path directory) throws Exception {
        Path replied = directory.resolve("replied");
        TaskRunner runner = run(shell("x"));
        start(
                runner,
                "echo first; until [ -e '%s' ]; do sleep 0.1; done; echo still".formatted(replied));
        assertThat(runner.reply("echo second")).isTrue();
        Files.createFile(replied);

        assertThat(result()).isEqualTo(ended(new TaskOutcome.Done()));
        assertThat(output()).isEqualTo("first\nstill\nsecond\n");
        assertThat(runner.reply("echo third")).isFalse();
    }

    @Test
    void a_reply_that_the_agent_was_not_given_is_told_of() throws Exception {
        TaskRunner runner = run(shell("x"));
        assertThat(runner.reply("echo never")).isTrue();
        start(runner, "exit 3");

        result();
        assertThat(updates)
                .contains(
                        new TaskUpdate.Note(
                                "the agent was not told `echo never`; say it again: keystone-agent"
                                        + " task reply k3f9ta"));
        assertThat(runner.reply("echo third")).isFalse();
        updates.clear();
        TaskRunner never = run(shell("x"));
        assertThat(never.reply("echo never")).isTrue();
        never.close();
        never.close();
        assertThat(updates).hasSize(1);
    }

    @Test
    void an_agent_does_not_fill_the_room_for_notes() throws Exception {
        String agent =
                """
                import json, sys
                remark = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "x" * 60000},
                          "_meta": {"claudeCode": {"kind": "informational"}}}
                for line in sys.stdin:
                    message = json.loads(line)
                    if message["method"] == "session/prompt":
                        for _ in range(10):
                            print(json.dumps({"jsonrpc": "2.0", "method": "session/update", "params": {"update": remark}}))
                    result = {"protocolVersion": 1, "sessionId": "s", "stopReason": "end_turn"}
                    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
                """;

        assertThat(talking(List.of("python3", "-c", agent), Limits.USUAL).run("go", null))
                .isEqualTo(ended(new TaskOutcome.Done()));

        assertThat(updates).filteredOn(TaskUpdate.Note.class::isInstance).hasSize(4);
        assertThat(updates).filteredOn(TaskUpdate.Said.class::isInstance).hasSize(6);
    }

    @Test
    void what_may_not_be_shown_of_a_question_reaches_the_agent_all_the_same() throws Exception {
        String agent =
                """
                import json, sys
                form = {"type": "object", "properties": {"colour": {"type": "string", "enum": ["Red", "Blue"]},
                        "more": {"type": "array", "items": {"type": "string", "enum": ["Red", "Blue"]}}}}
                def say(**message):
                    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
                for line in sys.stdin:
                    message = json.loads(line)
                    if message.get("method") == "session/prompt":
                        say(id="a", method="elicitation/create", params={"mode": "form", "message": "Which?", "requestedSchema": form})
                        text = json.dumps(json.loads(sys.stdin.readline())["result"]["content"])
                        say(method="session/update", params={"update": {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}})
                    say(id=message["id"], result={"protocolVersion": 1, "sessionId": "s", "stopReason": "end_turn"})
                """;
        TaskRunner runner =
                talking(
                        List.of("python3", "-c", agent),
                        Limits.USUAL,
                        new WithoutBlue(updates::add));
        start(runner, "go");
        await(TaskUpdate.Asked.class::isInstance);

        assertThat(runner.question().toString()).contains("[HIDDEN]").doesNotContain("Blue");
        runner.answer(
                new TaskAnswer(
                        "q1",
                        Decision.ACCEPT,
                        Map.of("colour", "[HIDDEN]", "more", "Red, [HIDDEN]")));

        assertThat(result()).isEqualTo(ended(new TaskOutcome.Done()));
        assertThat(updates)
                .contains(
                        new TaskUpdate.Said(
                                "{\"colour\": \"Blue\", \"more\": [\"Red\", \"Blue\"]}"))
                .filteredOn(TaskUpdate.Answered.class::isInstance)
                .allMatch(each -> !each.toString().contains("Blue"));
    }

    @Test
    void a_check_has_the_last_word() throws Exception {
        TaskRunner runner = run(shell("x"));

        assertThat(runner.check("true")).isEqualTo(new TaskOutcome.Done());
        assertThat(runner.check("exit 4"))
                .isEqualTo(
                        new TaskOutcome.Failed(
                                "the check says no: the script ended with status 4"));
    }

    @Test
    void a_question_waits_for_an_answer_that_fits() throws Exception {
        TaskRunner runner = replaying("claude-ask");
        start(runner, "go");
        await(TaskUpdate.Asked.class::isInstance);

        assertThat(runner.question()).isPresent();
        assertThatThrownBy(() -> runner.answer(answer("green")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("none of the choices");
        runner.answer(answer("2"));
        assertThat(result()).isEqualTo(ended(new TaskOutcome.Done()));
        assertThat(updates).contains(new TaskUpdate.Answered("q1", "Blue"));
        assertThatThrownBy(() -> runner.answer(answer("Red"))).isInstanceOf(UserError.class);
    }

    @Test
    void an_agent_that_never_greets_is_ended_in_time_or_when_somebody_says_so() throws Exception {
        List<String> mute = List.of("tail", "-f", "/dev/null");
        var brief = new Limits(Duration.ofMillis(300), Duration.ofHours(1), null);

        assertThat(talking(mute, brief).run("go", null).toString())
                .contains("it was not done within");

        TaskRunner runner = talking(mute, Limits.USUAL);
        start(runner, "go");
        runner.cancel();
        assertThat(result()).isEqualTo(ended(new TaskOutcome.Cancelled()));
        assertThat(
                        ProcessHandle.current()
                                .descendants()
                                .map(each -> each.info().commandLine().orElse("")))
                .noneMatch(each -> each.endsWith("tail -f /dev/null"));
    }

    @Test
    void an_agent_that_cannot_be_started_has_failed() throws Exception {
        assertThat(talking(List.of("false"), Limits.USUAL).run("go", null))
                .isInstanceOfSatisfying(
                        TaskRunner.Result.Ended.class,
                        ended ->
                                assertThat(ended.outcome()).isInstanceOf(TaskOutcome.Failed.class));
    }

    @Test
    void a_task_that_waits_can_be_cancelled() throws Exception {
        TaskRunner runner = replaying("codex-ask");
        start(runner, "go");
        await(TaskUpdate.Asked.class::isInstance);

        runner.cancel();

        assertThat(result()).isEqualTo(ended(new TaskOutcome.Cancelled()));
    }

    @Test
    void an_agent_that_asks_in_plain_words_waits_for_a_reply() throws Exception {
        assertThat(replaying("gemini-question").run("go", null))
                .isInstanceOf(TaskRunner.Result.Asked.class);
    }

    @Test
    void what_costs_too_much_is_ended() throws Exception {
        var limits = new Limits(null, Duration.ofHours(1), new BigDecimal("0.0001"));

        assertThat(replaying("claude-write", limits).run("go", null).toString())
                .contains("more than it may");
    }

    @Test
    void a_line_of_ten_megabytes_and_bytes_that_are_no_text_are_output_like_any_other()
            throws Exception {
        String script = "head -c 10000000 /dev/zero | tr '\\0' x; printf '\\377\\376\\033[2J'";

        assertThat(run(shell("x")).run(script, null)).isEqualTo(ended(new TaskOutcome.Done()));

        List<TaskUpdate> pieces =
                updates.stream().filter(TaskUpdate.Output.class::isInstance).toList();
        assertThat(pieces).allMatch(each -> ((TaskUpdate.Output) each).text().length() <= 16 << 10);
        assertThat(output()).hasSize(10_000_000 + 6).endsWith("x\ufffd\ufffd\u001b[2J");
    }

    private static TaskOrder shell(String prompt) {
        return shell(prompt, Limits.USUAL);
    }

    private static TaskOrder shell(String prompt, Limits limits) {
        return new TaskOrder(
                new AgentSpec.Shell(),
                prompt,
                Where.WORKTREE,
                Permissions.ALLOW,
                limits,
                null,
                TaskExtras.NONE);
    }

    private TaskRunner run(TaskOrder order) {
        return run(order, updates::add);
    }

    private static TaskRunner run(TaskOrder order, TaskRunner.Listener listener) {
        return new TaskRunner(
                task(order), (command, _) -> Command.of(command).start(), listener, List.of());
    }

    private TaskRunner replaying(String recorded) {
        return replaying(recorded, Limits.USUAL);
    }

    private TaskRunner replaying(String recorded, Limits limits) {
        String directory = "src/test/resources/acp/";
        return talking(
                List.of("python3", directory + "replay.py", directory + recorded + ".jsonl"),
                limits);
    }

    private TaskRunner talking(List<String> command, Limits limits) {
        return talking(command, limits, updates::add);
    }

    private static TaskRunner talking(
            List<String> command, Limits limits, TaskRunner.Listener listener) {
        var agent =
                new AgentSpec.Acp(
                        new AgentName("replay"),
                        command,
                        Map.of(),
                        new AgentSpec.Modes("a-mode", "another"),
                        AgentSpec.Origin.GUEST,
                        List.of());
        var order =
                new TaskOrder(
                        agent,
                        "go",
                        Where.WORKTREE,
                        Permissions.ALLOW,
                        limits,
                        null,
                        TaskExtras.NONE);
        return run(order, listener);
    }

    private static Task task(TaskOrder order) {
        return Task.apart(
                new TaskId("k3f9ta"),
                new SandboxName("blue"),
                order,
                "0".repeat(40),
                Instant.EPOCH);
    }

    private void start(TaskRunner runner, String prompt) {
        Thread _ =
                PipeThread.start(
                        "a task",
                        () -> {
                            try {
                                results.add(runner.run(prompt, null));
                            } catch (InterruptedException stop) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private TaskRunner.Result result() throws InterruptedException {
        TaskRunner.Result result = results.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        return result;
    }

    private void await(Predicate<TaskUpdate> wanted) throws InterruptedException {
        TaskUpdate update = updates.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        while (update != null && !wanted.test(update)) {
            update = updates.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(update).isNotNull();
    }

    private static TaskRunner.Result ended(TaskOutcome outcome) {
        return new TaskRunner.Result.Ended(outcome);
    }

    private static TaskAnswer answer(String text) {
        return new TaskAnswer("", Decision.ACCEPT, Map.of("", text));
    }

    private String output() {
        var text = new StringBuilder();
        for (TaskUpdate each : updates) {
            if (each instanceof TaskUpdate.Output(String piece)) {
                text.append(piece);
            }
        }
        return text.toString();
    }
}
