package keystone.agent.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.json.Json;

/// How an agent is told which model to use: each has one of two ways, and one of them both.
sealed interface AcpModel {
    /// The call that chooses it.
    record Choice(String method, Json.Obj params) implements AcpModel {}

    /// The agent lets nobody choose.
    record Fixed() implements AcpModel {}

    /// Finds the way of this one.
    ///
    /// @param opened what the agent answered when the session began
    /// @param model as somebody named it; the agent may know one that it does not offer
    static AcpModel choose(Json.Obj opened, String session, String model) {
        Optional<Json.Obj> option = option(opened);
        List<String> offered =
                names(Members.object(opened, "models"), "availableModels", "modelId");
        boolean isOption =
                option.isPresent() && names(option.get(), "options", "value").contains(model);
        if (isOption || (option.isPresent() && !offered.contains(model))) {
            return new Choice(
                    "session/set_config_option",
                    Json.object()
                            .with("sessionId", session)
                            .with("configId", Members.text(option.get(), "id"))
                            .with("value", model));
        }
        return offered.isEmpty()
                ? new Fixed()
                : new Choice(
                        "session/set_model",
                        Json.object().with("sessionId", session).with("modelId", model));
    }

    /// The models that the agent has named.
    static List<String> offered(Json.Obj opened) {
        var all = new ArrayList<String>();
        option(opened).ifPresent(each -> all.addAll(names(each, "options", "value")));
        all.addAll(names(Members.object(opened, "models"), "availableModels", "modelId"));
        return all.stream().distinct().toList();
    }

    private static Optional<Json.Obj> option(Json.Obj opened) {
        return Members.items(opened, "configOptions").stream()
                .filter(Json.Obj.class::isInstance)
                .map(Json.Obj.class::cast)
                .filter(each -> Members.text(each, "category").equals("model"))
                .findFirst();
    }

    private static List<String> names(Json.Obj in, String list, String member) {
        return Members.items(in, list).stream()
                .filter(Json.Obj.class::isInstance)
                .map(each -> Members.text((Json.Obj) each, member))
                .filter(each -> !each.isEmpty())
                .toList();
    }
}
