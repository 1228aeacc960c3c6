package keystone.agent.supervisor;

import java.time.Duration;
import java.util.function.Consumer;
import keystone.agent.json.Json;

/// Tells everybody on the control socket, and the supervisor itself, how a start gets on.
record Telling(ControlServer server, Consumer<String> state) implements SupervisorClient.Listener {
    @Override
    public void began(String step) {
        state.accept(step);
        server.tellAll(Methods.BEGIN, Json.object().with("name", step));
    }

    @Override
    public void passed(String step, Duration took) {
        server.tellAll(
                Methods.STEP, Json.object().with("name", step).with("millis", took.toMillis()));
    }

    @Override
    public void notice(String sentence) {
        server.tellAll(Methods.NOTICE, Json.object().with("sentence", sentence));
    }
}
