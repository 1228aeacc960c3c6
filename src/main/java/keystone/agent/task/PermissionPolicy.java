package keystone.agent.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Kind;
import keystone.agent.model.TaskQuestion.Need;

/// Decides what an agent may do when it asks: everything, as it is in a sandbox, or what somebody
/// says.
final class PermissionPolicy {
    static final String FIELD = "permission";
    private static final int MOST_OPTIONS = 20;

    private final Permissions permissions;
    private final AgentListener listener;

    PermissionPolicy(Permissions permissions, AgentListener listener) {
        this.permissions = permissions;
        this.listener = listener;
    }

    /// One way to answer, as the protocol has it.
    private record Option(String id, String name, String kind) {}

    /// The answer to `session/request_permission`.
    ///
    /// @param title of what the agent wants to do
    Json.Obj decide(Json.Obj params, String title, String questionId) throws InterruptedException {
        List<Option> options = options(params);
        Optional<String> chosen =
                permissions == Permissions.ALLOW
                        ? allowing(options)
                        : ask(options, title, questionId);
        return chosen.map(id -> Json.object().with("outcome", "selected").with("optionId", id))
                .map(outcome -> Json.object().with("outcome", outcome))
                .orElseGet(PermissionPolicy::cancelled);
    }

    /// The answer to whatever is asked after the turn was cancelled, whoever may decide.
    static Json.Obj cancelled() {
        return Json.object().with("outcome", Json.object().with("outcome", "cancelled"));
    }

    private static List<Option> options(Json.Obj params) {
        var options = new ArrayList<Option>();
        for (Json each : Members.items(params, "options")) {
            if (each instanceof Json.Obj option && options.size() < MOST_OPTIONS) {
                String id = Members.text(option, "optionId");
                options.add(
                        new Option(id, Members.text(option, "name"), Members.text(option, "kind")));
            }
        }
        return options;
    }

    private static Optional<String> allowing(List<Option> options) {
        for (String kind : List.of("allow_always", "allow_once")) {
            for (Option each : options) {
                if (each.kind().equals(kind)) {
                    return Optional.of(each.id());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> ask(List<Option> options, String title, String questionId)
            throws InterruptedException {
        List<Choice> choices =
                options.stream()
                        .map(each -> new Choice(each.id(), each.name(), each.kind()))
                        .toList();
        var question =
                new TaskQuestion(
                        questionId,
                        "May it do this? " + title,
                        List.of(new Field(FIELD, "", Kind.CHOICE, choices, Need.REQUIRED)));
        return listener.ask(question)
                .flatMap(
                        answer ->
                                answer.decision() == TaskAnswer.Decision.ACCEPT
                                        ? Optional.ofNullable(answer.values().get(FIELD))
                                        : rejecting(options));
    }

    private static Optional<String> rejecting(List<Option> options) {
        return options.stream()
                .filter(each -> each.kind().startsWith("reject"))
                .map(Option::id)
                .findFirst();
    }
}
