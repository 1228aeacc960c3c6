package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Agents;
import keystone.agent.model.PlainText;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskAnswer.Decision;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Kind;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What real agents said, said again.
final class AcpSessionTest {
    private static final Path RECORDED = Path.of("src/test/resources/acp");

    private final Recording heard = new Recording();

    @ParameterizedTest
    @ValueSource(strings = {"claude-write", "codex-write", "gemini-write", "codex-shell"})
    void an_agent_that_works_is_through(String recorded) throws Exception {
        assertThat(turn(recorded)).isEqualTo(new Turn.Through(""));
        assertThat(heard.said()).isNotBlank();
        assertThat(heard.tools()).isNotEmpty();
        assertThat(heard.tools().getLast().status()).isEqualTo("completed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "codex-err401|Authentication required",
                "codex-err429|exceeded retry limit, last status: 429 Too Many Requests",
                "gemini-err401|invalid x-api-key",
                "claude-maxtok|output token maximum"
            })
    void a_failure_is_found_also_when_the_agent_says_that_it_is_through(String recorded, String why)
            throws Exception {
        assertThat(turn(recorded)).isInstanceOf(Turn.Failed.class);
        assertThat(turn(recorded).toString()).contains(why);
    }

    @Test
    void of_attempts_to_reach_the_model_the_first_and_the_last_are_told() throws Exception {
        assertThat(turn("codex-err429")).isInstanceOf(Turn.Failed.class);
        assertThat(heard.updates)
                .filteredOn(TaskUpdate.Note.class::isInstance)
                .containsExactly(
                        new TaskUpdate.Note("Reconnecting... 1/5"),
                        new TaskUpdate.Note("Reconnecting... 5/5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-session-failure", "codex-session-failure"})
    void trouble_that_is_overcome_is_no_failure(String recorded) throws Exception {
        AgentSpec.Acp agent = AgentSpec.Acp.custom(new AgentName("x"), List.of("x"));

        assertThat(turn(recorded, agent, Permissions.ALLOW, null)).isEqualTo(new Turn.Through(""));
        assertThat(heard.said()).contains("overloads.");
    }

    @Test
    void a_refusal_is_a_refusal() throws Exception {
        assertThat(turn("claude-refusal")).isInstanceOf(Turn.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-ask", "codex-ask"})
    void a_form_is_asked_and_its_answer_arrives(String recorded) throws Exception {
        heard.answer = question -> Recording.saying(question, "blue");

        assertThat(turn(recorded)).isEqualTo(new Turn.Through(""));

        TaskQuestion question = heard.questions.getFirst();
        assertThat(question.fields().getFirst().kind()).isEqualTo(Kind.CHOICE);
        assertThat(question.fields().getFirst().choices())
                .extracting(Choice::value)
                .contains("Red", "Blue");
        assertThat(heard.said()).contains("Blue");
    }

    @Test
    void nobody_has_to_answer() throws Exception {
        heard.answer =
                question -> Optional.of(new TaskAnswer(question.id(), Decision.DECLINE, Map.of()));

        assertThat(turn("claude-askdecline")).isEqualTo(new Turn.Through(""));
    }

    @Test
    void in_a_sandbox_everything_is_permitted_unless_somebody_wants_to_be_asked() throws Exception {
        assertThat(turn("claude-permallow")).isEqualTo(new Turn.Through(""));
        assertThat(heard.questions).isEmpty();

        heard.answer = question -> Recording.saying(question, "allow-once");
        assertThat(turn("gemini-permallow", agent("gemini"), Permissions.ASK, null))
                .isEqualTo(new Turn.Through(""));
        assertThat(heard.questions.getFirst().text()).contains("Writing to hello.txt");
        // Nothing was heard of the tool before.
        assertThat(heard.tools()).isNotEmpty();
    }

    @Test
    void what_is_not_permitted_is_not_done() throws Exception {
        heard.answer =
                question -> Optional.of(new TaskAnswer(question.id(), Decision.DECLINE, Map.of()));

        assertThat(turn("codex-permreject", agent("codex"), Permissions.ASK, null))
                .isInstanceOf(Turn.Failed.class);
    }

    @Test
    void a_question_in_plain_words_is_a_question() throws Exception {
        Turn turn = turn("gemini-question");

        assertThat(turn).isInstanceOf(Turn.Through.class);
        assertThat(((Turn.Through) turn).question()).endsWith("?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-cancel", "gemini-canceltool"})
    void a_turn_that_is_cancelled_ends(String recorded) throws Exception {
        var session = new AtomicReference<@Nullable AgentSession>();
        heard.then =
                update -> {
                    AgentSession open = session.get();
                    if (open != null
                            && (update instanceof TaskUpdate.Said
                                    || update instanceof TaskUpdate.Tool)) {
                        open.cancel();
                    }
                };
        try (AgentSession open = open(recorded, agent("claude"), Permissions.ALLOW, null)) {
            session.set(open);

            assertThat(open.prompt("go")).isEqualTo(new Turn.Cancelled());
        }
    }

    /// Who cancels may have seen what it was about to do.
    @Test
    void nothing_is_permitted_any_more_once_it_is_cancelled() throws Exception {
        String agent =
                """
                import json, sys
                def say(**message):
                    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
                def said(text):
                    say(method="session/update", params={"update": {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}})
                def answer():
                    return json.dumps(json.loads(sys.stdin.readline())["result"])
                option = {"optionId": "yes", "name": "Yes", "kind": "allow_always"}
                form = {"type": "object", "properties": {"colour": {"type": "string"}}}
                for line in sys.stdin:
                    message = json.loads(line)
                    if message["method"] == "session/prompt":
                        said("I push")
                        while json.loads(sys.stdin.readline())["method"] != "session/cancel": pass
                        say(id="a", method="session/request_permission", params={"toolCall": {"toolCallId": "t", "title": "push"}, "options": [option]})
                        said(answer())
                        say(id="b", method="elicitation/create", params={"mode": "form", "message": "Which?", "requestedSchema": form})
                        said(answer())
                    say(id=message["id"], result={"protocolVersion": 1, "sessionId": "s", "stopReason": "cancelled"})
                """;
        var session = new AtomicReference<AgentSession>();
        heard.then =
                update -> {
                    AgentSession open = session.get();
                    if (open != null && update.equals(new TaskUpdate.Said("I push"))) {
                        open.cancel();
                    }
                };
        AgentLauncher launcher = (_, _) -> Command.of("python3", "-c", agent).start();
        var setup = new AcpSession.Setup(agent("claude"), Permissions.ALLOW, "/x", null);
        try (AgentSession open = AcpSession.open(launcher, setup, heard)) {
            session.set(open);

            assertThat(open.prompt("go")).isEqualTo(new Turn.Cancelled());
        }
        assertThat(heard.said())
                .isEqualTo(
                        "I push{\"outcome\": {\"outcome\": \"cancelled\"}}{\"action\": \"cancel\"}");
        assertThat(heard.questions).isEmpty();
    }

    @Test
    void an_earlier_session_is_gone_on_with_and_not_shown_again() throws Exception {
        Turn turn = turn("claude-load2", agent("claude"), Permissions.ALLOW, "an-earlier-one");

        assertThat(turn).isInstanceOf(Turn.Through.class);
        assertThat(heard.updates)
                .filteredOn(TaskUpdate.Session.class::isInstance)
                .containsExactly(new TaskUpdate.Session("an-earlier-one"));
    }

    /// What the machine was killed with had not been written.
    @Test
    void an_earlier_session_that_is_lost_is_begun_anew_with_the_whole_task() throws Exception {
        String agent =
                """
                import json, sys
                for line in sys.stdin:
                    m = json.loads(line)
                    if "id" not in m: continue
                    say = {"jsonrpc": "2.0", "id": m["id"]}
                    if m["method"] == "session/load":
                        say["error"] = {"code": -32603, "message": "Internal error", "data": {"details": "no rollout found"}}
                    else:
                        say["result"] = {"protocolVersion": 1, "agentCapabilities": {"loadSession": True},
                                         "sessionId": "new", "stopReason": "end_turn"}
                    if m["method"] == "session/prompt":
                        print(json.dumps({"jsonrpc": "2.0", "method": "session/update", "params": {"update": {
                            "sessionUpdate": "agent_message_chunk", "content": m["params"]["prompt"][0]}}}))
                    print(json.dumps(say), flush=True)
                """;
        AgentLauncher launcher = (_, _) -> Command.of("python3", "-c", agent).start();
        var setup =
                new AcpSession.Setup(
                        agent("codex"),
                        Permissions.ALLOW,
                        "/x",
                        "old",
                        "Mend it.",
                        null,
                        List.of());

        try (AgentSession session = AcpSession.open(launcher, setup, heard)) {
            assertThat(session.prompt("Go on.")).isEqualTo(new Turn.Through(""));
            assertThat(heard.said()).startsWith("Mend it.\n\n").endsWith("\n\nGo on.");
            assertThat(session.prompt("More.")).isEqualTo(new Turn.Through(""));
        }
        assertThat(heard.said()).endsWith("Go on.More.");
        assertThat(heard.updates)
                .contains(
                        new TaskUpdate.Note(
                                "it does not have its earlier session any more, and begins anew:"
                                        + " Internal error: no rollout found"),
                        new TaskUpdate.Session("new"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-escape", "codex-escape", "gemini-escape"})
    void escape_sequences_are_kept_for_whoever_prints_them_to_take_out(String recorded)
            throws Exception {
        assertThat(turn(recorded)).isInstanceOf(Turn.Through.class);

        assertThat(heard.updates.toString()).contains("\u001b");
        heard.updates.forEach(
                each ->
                        assertThat(PlainText.lines(each.toString()))
                                .doesNotContainPattern("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]"));
    }

    @Test
    void stray_lines_and_lines_of_megabytes_are_passed_over() throws Exception {
        String agent =
                """
                import json, sys
                def say(m): print(json.dumps(m), flush=True)
                print("Welcome!\\n[1]\\n{\\"jsonrpc\\":", flush=True)
                print("x" * 10_000_000, flush=True)
                print("[" * 100_000, flush=True)
                sys.stdout.buffer.write(b"\\xff\\xfe{}\\n")
                for line in sys.stdin:
                    m = json.loads(line)
                    say({"jsonrpc": "2.0", "method": "_x/unknown", "params": 7})
                    say({"jsonrpc": "2.0", "method": 7})
                    say({"jsonrpc": "2.0", "method": "session/update", "params": {"update": {"sessionUpdate": "novelty"}}})
                    say({"jsonrpc": "2.0", "id": "mine", "method": "fs/read_text_file", "params": {}})
                    if "id" in m and "method" in m:
                        say({"jsonrpc": "2.0", "id": m["id"], "result": {"protocolVersion": 1, "sessionId": "a/../b", "stopReason": "end_turn"}})
                """;
        AgentLauncher launcher = (_, _) -> Command.of("python3", "-c", agent).start();
        var setup = new AcpSession.Setup(agent("claude"), Permissions.ALLOW, "/x", null);

        try (AgentSession session = AcpSession.open(launcher, setup, heard)) {
            assertThat(session.prompt("go")).isEqualTo(new Turn.Through(""));
        }
    }

    @Test
    void an_agent_that_ends_says_why_if_it_did() {
        AgentLauncher launcher =
                (_, _) -> Command.of("sh", "-c", "echo no key >&2; exit 3").start();
        var setup = new AcpSession.Setup(agent("claude"), Permissions.ALLOW, "/x", null);

        assertThatThrownBy(() -> AcpSession.open(launcher, setup, heard).close())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("the agent's program ended with status 3: no key");
    }

    private static AgentSpec.Acp agent(String name) {
        return (AgentSpec.Acp) new Agents(List.of()).named(new AgentName(name));
    }

    private Turn turn(String recorded) throws InterruptedException {
        return turn(recorded, agent("claude"), Permissions.ALLOW, null);
    }

    private Turn turn(
            String recorded, AgentSpec.Acp agent, Permissions permissions, @Nullable String earlier)
            throws InterruptedException {
        try (AgentSession session = open(recorded, agent, permissions, earlier)) {
            return session.prompt("go");
        }
    }

    private AgentSession open(
            String recorded, AgentSpec.Acp agent, Permissions permissions, @Nullable String earlier)
            throws InterruptedException {
        Command replay =
                Command.of(
                        "python3",
                        RECORDED.resolve("replay.py").toString(),
                        RECORDED.resolve(recorded + ".jsonl").toString());
        var setup = new AcpSession.Setup(agent, permissions, "/workspace", earlier);
        return AcpSession.open((_, _) -> replay.start(), setup, heard);
    }
}
