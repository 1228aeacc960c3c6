package keystone.agent.supervisor;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import keystone.agent.json.Json;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.Masking;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Watching;
import org.jspecify.annotations.Nullable;

/// What a supervisor tells about a sandbox that is up; see `status --json` in `docs/cli.md`.
///
/// @param identity who commits inside; null when nobody is known
/// @param confinement what holds around the machine's process, a short phrase each
/// @param secrets of which the guest has a placeholder
/// @param secretsInGuest of which it has had the value itself in this run
/// @param masking what the guest cannot see of what is shared
/// @param sessions how many are in the guest over ssh at the moment, whoever let them in
public record LiveFacts(
        int sshPort,
        long machinePid,
        long supervisorPid,
        Instant since,
        String accelerator,
        String acceleratorReason,
        String shareDriver,
        String shareReason,
        String git,
        String gitReason,
        @Nullable String identity,
        String net,
        String netReason,
        List<String> confinement,
        Watching watching,
        PortsNow ports,
        List<String> secrets,
        List<String> secretsInGuest,
        Masking masking,
        int sessions) {
    public LiveFacts {
        secrets = List.copyOf(secrets);
        secretsInGuest = List.copyOf(secretsInGuest);
        confinement = List.copyOf(confinement);
    }

    Json.Obj toJson() {
        return Json.object()
                .with("sshPort", sshPort)
                .with("machinePid", machinePid)
                .with("supervisorPid", supervisorPid)
                .with("since", since.toString())
                .with("accelerator", accelerator)
                .with("acceleratorReason", acceleratorReason)
                .with("shareDriver", shareDriver)
                .with("shareReason", shareReason)
                .with("git", git)
                .with("gitReason", gitReason)
                .with("identity", identity)
                .with("net", net)
                .with("netReason", netReason)
                .with("confinement", Json.array(confinement, Json::string))
                .with("watching", toJson(watching))
                .with("ports", PortsWire.write(ports))
                .with("secrets", Json.array(secrets, Json::string))
                .with("secretsInGuest", Json.array(secretsInGuest, Json::string))
                .with("masking", MaskFormat.write(masking))
                .with("sessions", sessions);
    }

    static LiveFacts fromJson(Json.Obj json) {
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

    private static Json.Obj toJson(Watching watching) {
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
