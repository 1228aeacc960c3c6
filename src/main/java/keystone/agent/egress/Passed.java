package keystone.agent.egress;

import java.time.Instant;
import keystone.agent.json.Json;
import keystone.agent.model.HostName;
import keystone.agent.model.Printable;
import org.jspecify.annotations.Nullable;

/// What became of one connection, for the log: nothing of what passed, only how much.
///
/// @param how by which protocol
/// @param host null when it was not said, or not understood
/// @param port null also of a name that was asked for without one
/// @param out bytes from the guest
record Passed(
        Instant time,
        String how,
        @Nullable HostName host,
        @Nullable Integer port,
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

        String word() {
            return word;
        }
    }

    /// A name that was to be looked up: no connection yet.
    static Passed lookUp(Instant time, HostName name, Outcome outcome, String why) {
        return new Passed(time, "dns", name, null, outcome, why, 0, 0, 0);
    }

    Json.Obj toJson() {
        return Json.object()
                .with("time", time.toString())
                .with("how", how)
                .with("host", host == null ? null : host.text())
                .with("port", port == null ? null : Json.number((long) port))
                .with("verdict", outcome.word)
                .with("why", Printable.of(why))
                .with("bytesOut", out)
                .with("bytesIn", in)
                .with("millis", millis);
    }
}
