package keystone.agent.cli;

import java.time.Duration;
import java.time.Instant;
import keystone.agent.json.Json;
import keystone.agent.model.Access;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.Masking;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Share;
import keystone.agent.model.Watching;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.Observation.Damaged;
import keystone.agent.sandbox.Observation.Intact;
import org.jspecify.annotations.Nullable;

/// A sandbox as `list --json` and `status --json` show it. Names of members are never changed;
/// what is not known is null.
final class ObservationJson {
    private static final String SSH_HOST = "127.0.0.1";
    private static final String GUEST_USER = "sandbox";

    private final Instant now;

    ObservationJson(Instant now) {
        this.now = now;
    }

    Json of(Observation sandbox) {
        return switch (sandbox) {
            case Intact intact -> of(intact);
            case Damaged damaged -> of(damaged);
        };
    }

    private Json of(Intact sandbox) {
        SandboxSpec spec = sandbox.spec();
        LiveFacts live = sandbox.live();
        Json.Obj json =
                Json.object()
                        .with("name", spec.name().value())
                        .with("state", sandbox.state().word())
                        .with("project", spec.project().toString())
                        .with("share", live == null ? spec.share().word() : live.shareDriver())
                        .with("shareReason", live == null ? null : live.shareReason())
                        .with("git", live == null ? spec.git().word() : live.git())
                        .with("gitReason", live == null ? null : live.gitReason())
                        .with("identity", live == null ? null : live.identity())
                        .with("image", spec.image().hex())
                        .with("buildId", spec.buildId().value())
                        .with("ssh", ssh(sandbox, live))
                        .with("pid", number(live == null ? null : live.machinePid()))
                        .with("memoryMib", spec.resources().memory().mib())
                        .with("cpus", spec.resources().cpus())
                        .with("diskMib", spec.resources().disk().mib())
                        .with("uptimeSeconds", number(uptime(sandbox.state())))
                        .with("net", live == null ? spec.egress().mode().word() : live.net())
                        .with("netReason", live == null ? null : live.netReason());
        trouble(json, sandbox.state());
        Program program = sandbox.program();
        return more(json, spec, live)
                .with("supervisorVersion", program == null ? null : program.version())
                .with("supervisorCommit", program == null ? null : program.commit());
    }

    /// The same members, in the same order.
    private static Json of(Damaged sandbox) {
        Json.Obj json =
                Json.object()
                        .with("name", sandbox.name().value())
                        .with("state", sandbox.state().word());
        unknown(
                json,
                "project",
                "share",
                "shareReason",
                "git",
                "gitReason",
                "identity",
                "image",
                "buildId");
        json.with("ssh", ssh(sandbox, null));
        unknown(json, "pid", "memoryMib", "cpus", "diskMib", "uptimeSeconds", "net", "netReason");
        trouble(json, sandbox.state());
        unknown(json, "accelerator", "acceleratorReason", "confinement", "watch", "ports");
        unknown(json, "secrets", "secretsInGuest", "masking", "sessions");
        unknown(json, "supervisorPid", "mounts", "idleStopSeconds");
        unknown(json, "supervisorVersion", "supervisorCommit");
        return json;
    }

    private static void unknown(Json.Obj json, String... members) {
        for (String member : members) {
            json.with(member, (Json) null);
        }
    }

    private static Json.Obj ssh(Observation sandbox, @Nullable LiveFacts live) {
        return Json.object()
                .with("alias", sandbox.sshAlias())
                .with("host", SSH_HOST)
                .with("port", number(live == null ? null : (long) live.sshPort()))
                .with("user", GUEST_USER);
    }

    private @Nullable Long uptime(SandboxState state) {
        return state instanceof SandboxState.Running(Instant since)
                ? Math.max(0, Duration.between(since, now).toSeconds())
                : null;
    }

    private static void trouble(Json.Obj json, SandboxState state) {
        boolean broken = state instanceof SandboxState.Broken;
        json.with("problem", broken ? ((SandboxState.Broken) state).problem() : null)
                .with("fix", broken ? ((SandboxState.Broken) state).fix() : null);
        json.with("step", state instanceof SandboxState.Starting(String step) ? step : null);
    }

    private static Json.Obj more(Json.Obj json, SandboxSpec spec, @Nullable LiveFacts live) {
        Duration idleStop = spec.idleStop();
        return json.with("accelerator", live == null ? null : live.accelerator())
                .with("acceleratorReason", live == null ? null : live.acceleratorReason())
                .with(
                        "confinement",
                        live == null ? null : Json.array(live.confinement(), Json::string))
                .with("watch", live == null ? null : watch(live.watching()))
                .with("ports", live == null ? null : PortsJson.ports(live.ports()))
                .with("secrets", live == null ? null : Json.array(live.secrets(), Json::string))
                .with(
                        "secretsInGuest",
                        live == null ? null : Json.array(live.secretsInGuest(), Json::string))
                .with("masking", live == null ? null : masking(live.masking()))
                .with("sessions", number(live == null ? null : (long) live.sessions()))
                .with("supervisorPid", number(live == null ? null : live.supervisorPid()))
                .with("mounts", Json.array(spec.mounts(), ObservationJson::mount))
                .with("idleStopSeconds", number(idleStop == null ? null : idleStop.toSeconds()));
    }

    private static Json masking(Masking masking) {
        return Json.object()
                .with("masked", Json.array(masking.masked(), Json::string))
                .with(
                        "readable",
                        Json.array(
                                masking.readable(),
                                each ->
                                        Json.object()
                                                .with("path", each.path())
                                                .with("why", each.why())))
                .with("problem", masking.problem());
    }

    private static Json watch(Watching watching) {
        return Json.object()
                .with("how", watching.how().word())
                .with("reason", watching.reason())
                .with("batches", watching.batches())
                .with("nudges", watching.nudges());
    }

    private static Json mount(Share mount) {
        return Json.object()
                .with("host", mount.host().toString())
                .with("guest", mount.guest())
                .with("readOnly", mount.access() == Access.READ_ONLY);
    }

    private static @Nullable Json number(@Nullable Long value) {
        return value == null ? null : Json.number(value);
    }
}
