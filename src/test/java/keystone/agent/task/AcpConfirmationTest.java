package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskAnswer.Decision;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.process.Command;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An agent that only wants to know whether it may: its form has no fields.
final class AcpConfirmationTest {
    private static final String ALLOW =
            """
            import json, sys
            def say(**message):
                print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
            for line in sys.stdin:
                message = json.loads(line)
                if message["method"] == "session/prompt":
                    say(id=0, method="elicitation/create", params={
                        "sessionId": "s", "toolCallId": "call_1", "mode": "form",
                        "message": "Allow the tool deploy to run?", FORM
                        "_meta": {"codex_approval_kind": "mcp_tool_call"}})
                    answer = json.loads(sys.stdin.readline())
                    text = json.dumps(answer["result"], sort_keys=True)
                    say(method="session/update", params={"sessionId": "s", "update": {
                        "sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}})
                say(id=message["id"], result={"protocolVersion": 1, "sessionId": "s", "stopReason": "end_turn"})
            """;

    private static final String EMPTY =
            "\"requestedSchema\": {\"type\": \"object\", \"properties\": {}},";

    private final Recording heard = new Recording();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "accept  | ACCEPT  | {\"action\": \"accept\", \"content\": {}}",
                "1       | ACCEPT  | {\"action\": \"accept\", \"content\": {}}",
                "Decline | ACCEPT  | {\"action\": \"decline\"}",
                "2       | ACCEPT  | {\"action\": \"decline\"}",
                "accept  | DECLINE | {\"action\": \"decline\"}"
            })
    void it_is_asked_with_its_message_and_hears_what_was_said(
            String typed, Decision decision, String told) throws Exception {
        heard.answer = asked -> Optional.of(answer(asked, decision, typed));

        assertThat(turn(EMPTY)).isEqualTo(new Turn.Through(""));

        TaskQuestion question = heard.questions.getFirst();
        assertThat(question.text()).isEqualTo("Allow the tool deploy to run?");
        assertThat(question.isInPlainWords()).isFalse();
        assertThat(question.fields().getFirst().choices())
                .extracting(Choice::title)
                .containsExactly("Accept", "Decline");
        assertThat(heard.said()).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "\"requestedSchema\": None,"})
    void a_form_that_is_not_there_has_no_fields(String form) throws Exception {
        heard.answer = asked -> Optional.of(answer(asked, Decision.ACCEPT, "accept"));

        assertThat(turn(form)).isEqualTo(new Turn.Through(""));

        assertThat(heard.said()).isEqualTo("{\"action\": \"accept\", \"content\": {}}");
    }

    private static TaskAnswer answer(TaskQuestion asked, Decision decision, String typed) {
        return new TaskAnswer(asked.id(), decision, Map.of("", typed));
    }

    private Turn turn(String form) throws InterruptedException {
        String agent = ALLOW.replace("FORM", form);
        AgentLauncher launcher = (_, _) -> Command.of("python3", "-c", agent).start();
        var spec = AgentSpec.Acp.custom(new AgentName("asking"), List.of("asking"));
        var setup = new AcpSession.Setup(spec, Permissions.ALLOW, "/x", null);
        try (AgentSession session = AcpSession.open(launcher, setup, heard)) {
            return session.prompt("deploy it");
        }
    }
}
