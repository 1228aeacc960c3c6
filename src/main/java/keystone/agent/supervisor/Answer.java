package keystone.agent.supervisor;

import java.time.DateTimeException;
import java.time.Instant;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxState;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// A supervisor's answer to `status`.
///
/// @param live null until the guest is usable; also when another program's words for it are not
/// understood
public record Answer(SandboxState state, @Nullable LiveFacts live, Speaker speaker) {
    /// The answer of this process.
    Answer(SandboxState state, @Nullable LiveFacts live) {
        this(state, live, Speaker.self());
    }

    /// What the supervisor runs.
    public Program program() {
        return speaker.program();
    }

    Json.Obj toJson() {
        Json.Obj json = Json.object().with("state", state.word());
        if (state instanceof SandboxState.Starting(String step)) {
            json.with("step", step);
        }
        if (state instanceof SandboxState.Broken(String problem, String fix)) {
            json.with("problem", problem).with("fix", fix);
        }
        json.with("program", speaker.toJson());
        return live == null ? json : json.with("live", LiveFactsFormat.write(live));
    }

    static Answer fromJson(Json.Obj json) {
        Speaker speaker =
                json.get("program") instanceof Json.Obj program
                        ? Speaker.fromJson(program)
                        : Speaker.EARLIER;
        Json.Obj facts = json.get("live") instanceof Json.Obj said ? said : null;
        LiveFacts live = facts == null ? null : live(facts, speaker);
        String word = json.string("state");
        SandboxState state =
                switch (word) {
                    case "starting" -> new SandboxState.Starting(json.string("step"));
                    case "running" ->
                            new SandboxState.Running(facts == null ? Instant.EPOCH : since(facts));
                    case "stopping" -> new SandboxState.Stopping();
                    case "broken" ->
                            new SandboxState.Broken(json.string("problem"), json.string("fix"));
                    default -> throw new JsonException("a supervisor cannot be `" + word + "`");
                };
        return new Answer(state, live, speaker);
    }

    private static @Nullable LiveFacts live(Json.Obj facts, Speaker speaker) {
        try {
            return LiveFactsFormat.read(facts);
        } catch (JsonException
                | IllegalArgumentException
                | ArithmeticException
                | DateTimeException
                | UserError unknown) {
            if (speaker.isThisProgram()) {
                throw unknown;
            }
            return null;
        }
    }

    /// Every version has sent this member, so it is required.
    private static Instant since(Json.Obj facts) {
        return Instant.parse(facts.string("since"));
    }
}
