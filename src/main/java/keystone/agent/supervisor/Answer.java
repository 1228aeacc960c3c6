package keystone.agent.supervisor;

import java.time.Instant;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.SandboxState;
import org.jspecify.annotations.Nullable;

/// A supervisor's answer to `status`.
///
/// @param live null until the guest is usable
public record Answer(SandboxState state, @Nullable LiveFacts live) {
    Json.Obj toJson() {
        Json.Obj json = Json.object().with("state", state.word());
        if (state instanceof SandboxState.Starting(String step)) {
            json.with("step", step);
        }
        if (state instanceof SandboxState.Broken(String problem, String fix)) {
            json.with("problem", problem).with("fix", fix);
        }
        return live == null ? json : json.with("live", live.toJson());
    }

    static Answer fromJson(Json.Obj json) {
        LiveFacts live =
                json.get("live") instanceof Json.Obj facts ? LiveFacts.fromJson(facts) : null;
        String word = json.string("state");
        SandboxState state =
                switch (word) {
                    case "starting" -> new SandboxState.Starting(json.string("step"));
                    case "running" ->
                            new SandboxState.Running(live == null ? Instant.EPOCH : live.since());
                    case "stopping" -> new SandboxState.Stopping();
                    case "broken" ->
                            new SandboxState.Broken(json.string("problem"), json.string("fix"));
                    default -> throw new JsonException("a supervisor cannot be `" + word + "`");
                };
        return new Answer(state, live);
    }
}
