package keystone.agent.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import org.jspecify.annotations.Nullable;

/// [SandboxSpec] as JSON: the file `spec.json`, and the control socket's `boot` request.
public final class SpecFormat {
    private SpecFormat() {}

    public static Json.Obj write(SandboxSpec spec) {
        Duration idleStop = spec.idleStop();
        Json.Obj json =
                Json.object()
                        .with("name", spec.name().value())
                        .with("project", spec.project().toString())
                        .with("image", spec.image().hex())
                        .with("buildId", spec.buildId().value())
                        .with("memoryBytes", spec.resources().memory().bytes())
                        .with("cpus", spec.resources().cpus())
                        .with("diskBytes", spec.resources().disk().bytes())
                        .with("share", spec.share().word())
                        .with("git", spec.git().word())
                        .with("net", PolicyFormat.write(spec.egress()))
                        .with("ports", PortsFormat.write(spec.ports()))
                        .with("mounts", Json.array(spec.mounts(), SpecFormat::share));
        return idleStop == null ? json : json.with("idleStopSeconds", idleStop.toSeconds());
    }

    private static Json share(Share share) {
        return Json.object()
                .with("host", share.host().toString())
                .with("guest", share.guest())
                .with("readOnly", share.access() == Access.READ_ONLY);
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws keystone.agent.json.JsonException or UserError when the JSON is not a spec
    public static SandboxSpec read(Json.Obj json) {
        return new SandboxSpec(
                new SandboxName(json.string("name")),
                Path.of(json.string("project")),
                new Digest(json.string("image")),
                new BuildId(json.string("buildId")),
                new Resources(
                        new ByteSize(json.number("memoryBytes")),
                        Math.toIntExact(json.number("cpus")),
                        new ByteSize(json.number("diskBytes"))),
                ShareDriver.parse(json.string("share")),
                git(json.stringOrNull("git")),
                net(json.get("net")),
                ports(json.get("ports")),
                mounts(json.array("mounts")),
                idleStop(json.numberOrNull("idleStopSeconds")));
    }

    /// What the guest of one that [#read] may not understand can write.
    static List<Path> writable(Json.Obj json) {
        var found = new ArrayList<Path>();
        found.add(Path.of(json.string("project")));
        for (Json mount : json.array("mounts")) {
            if (!mount.asObject().bool("readOnly")) {
                found.add(Path.of(mount.asObject().string("host")));
            }
        }
        return found;
    }

    /// Sandboxes of before had no choice.
    private static GitMode git(@Nullable String word) {
        return word == null ? GitMode.DIRECT : GitMode.parse(word);
    }

    /// Sandboxes of before had no network; they get the usual one, as new ones do.
    private static EgressPolicy net(@Nullable Json json) {
        return json == null ? EgressPolicy.USUAL : PolicyFormat.read(json.asObject());
    }

    /// The same for their ports.
    private static PortsPolicy ports(@Nullable Json json) {
        return json == null ? PortsPolicy.USUAL : PortsFormat.read(json.asObject());
    }

    private static List<Share> mounts(List<Json> mounts) {
        return mounts.stream()
                .map(Json::asObject)
                .map(
                        mount ->
                                new Share(
                                        Path.of(mount.string("host")),
                                        mount.string("guest"),
                                        mount.bool("readOnly")
                                                ? Access.READ_ONLY
                                                : Access.READ_WRITE))
                .toList();
    }

    private static @Nullable Duration idleStop(@Nullable Long seconds) {
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }
}
