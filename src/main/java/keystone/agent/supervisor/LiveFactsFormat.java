package keystone.agent.supervisor;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import keystone.agent.json.Json;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Watching;
import org.jspecify.annotations.Nullable;

/// What a supervisor tells about a sandbox that is up, as it travels over the control socket.
final class LiveFactsFormat {
    private LiveFactsFormat() {}

    static Json.Obj write(LiveFacts facts) {
        return Json.object()
                .with("sshPort", facts.sshPort())
                .with("machinePid", facts.machinePid())
                .with("supervisorPid", facts.supervisorPid())
                .with("since", facts.since().toString())
                .with("accelerator", facts.accelerator())
                .with("acceleratorReason", facts.acceleratorReason())
                .with("shareDriver", facts.shareDriver())
                .with("shareReason", facts.shareReason())
                .with("git", facts.git())
                .with("gitReason", facts.gitReason())
                .with("identity", facts.identity())
                .with("net", facts.net())
                .with("netReason", facts.netReason())
                .with("confinement", Json.array(facts.confinement(), Json::string))
                .with("watching", write(facts.watching()))
                .with("ports", PortsWire.write(facts.ports()))
                .with("secrets", Json.array(facts.secrets(), Json::string))
                .with("secretsInGuest", Json.array(facts.secretsInGuest(), Json::string))
                .with("masking", MaskFormat.write(facts.masking()))
                .with("sessions", facts.sessions());
    }

    static LiveFacts read(Json.Obj json) {
        return new LiveFacts(
                Math.toIntExact(json.number("sshPort")),
                json.number("machinePid"),
                json.number("supervisorPid"),
                Instant.parse(json.string("since")),
                json.string("accelerator"),
                json.string("acceleratorReason"),
                json.string("shareDriver"),
                json.string("shareReason"),
                Objects.requireNonNullElse(json.stringOrNull("git"), "direct"),
                Objects.requireNonNullElse(json.stringOrNull("gitReason"), "an older version"),
                json.stringOrNull("identity"),
                Objects.requireNonNullElse(json.stringOrNull("net"), "none"),
                Objects.requireNonNullElse(json.stringOrNull("netReason"), "an older version"),
                json.array("confinement").stream()
                        .map(each -> each.asString("confinement"))
                        .toList(),
                watching(json.object("watching")),
                ports(json.get("ports")),
                words(json, "secrets"),
                words(json, "secretsInGuest"),
                MaskFormat.masking(json.get("masking")),
                Math.toIntExact(json.number("sessions")));
    }

    /// Older versions do not say.
    private static List<String> words(Json.Obj json, String member) {
        return json.get(member) == null
                ? List.of()
                : json.array(member).stream().map(each -> each.asString(member)).toList();
    }

    private static Json.Obj write(Watching watching) {
        return Json.object()
                .with("how", watching.how().word())
                .with("reason", watching.reason())
                .with("batches", watching.batches())
                .with("nudges", watching.nudges());
    }

    /// A supervisor of an older version publishes none.
    private static PortsNow ports(@Nullable Json json) {
        return json == null
                ? PortsNow.none(PortsPolicy.of(AutoPorts.NONE))
                : PortsWire.now(json.asObject());
    }

    private static Watching watching(Json.Obj json) {
        return new Watching(
                Watching.How.of(json.string("how")),
                json.string("reason"),
                json.number("batches"),
                json.number("nudges"));
    }
}
