package keystone.agent.egress;

import java.time.Instant;
import keystone.agent.json.Json;
import keystone.agent.model.Printable;
import org.jspecify.annotations.Nullable;

/// What became of one connection, for the log: nothing of what passed, only how much.
///
/// @param how by which protocol
/// @param target null when it was not said, or not understood
/// @param out bytes from the guest
record Passed(
        Instant time,
        String how,
        @Nullable Target target,
        Outcome outcome,
        String why,
        long out,
        long in,
        long millis) {
    /// In one word.
    enum Outcome {
        ALLOWED("allowed"),
        REFUSED("refused"),
        /// Allowed, but not reached.
        FAILED("failed"),
        MALFORMED("malformed");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    Json.Obj toJson() {
        Json.Obj json = Json.object().with("time", time.toString()).with("how", how);
        if (target == null) {
            json.with("host", (String) null).with("port", (Json) null);
        } else {
            json.with("host", target.host().text()).with("port", target.port());
        }
        return json.with("verdict", outcome.word)
                .with("why", Printable.of(why))
                .with("bytesOut", out)
                .with("bytesIn", in)
                .with("millis", millis);
    }
}
