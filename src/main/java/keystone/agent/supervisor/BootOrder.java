package keystone.agent.supervisor;

import java.util.Map;
import java.util.TreeMap;
import keystone.agent.json.Json;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.SandboxSpec;
import keystone.agent.store.SpecFormat;
import org.jspecify.annotations.Nullable;

/// What a supervisor is asked to bring up. It travels over the control socket, so that no value of
/// the environment is ever in an argument list or on a disk.
///
/// @param disk whether what the sandbox had is kept
/// @param environment for every session of this run
/// @param identity who commits inside; null when nobody is known
public record BootOrder(
        SandboxSpec spec,
        Disk disk,
        Map<String, String> environment,
        @Nullable GitIdentity identity) {
    /// What happens to the writable disk, the keys and the ids.
    public enum Disk {
        KEEP,
        RENEW
    }

    public BootOrder {
        environment = new TreeMap<>(environment);
    }

    Json.Obj toJson() {
        Json.Obj variables = Json.object();
        environment.forEach(variables::with);
        return Json.object()
                .with("spec", SpecFormat.write(spec))
                .with("renew", disk == Disk.RENEW)
                .with("environment", variables)
                .with("identity", identity == null ? null : IdentityFormat.write(identity));
    }

    static BootOrder fromJson(Json.Obj json) {
        var environment = new TreeMap<String, String>();
        Json.Obj variables = json.object("environment");
        variables.members().keySet().forEach(name -> environment.put(name, variables.string(name)));
        return new BootOrder(
                SpecFormat.read(json.object("spec")),
                json.bool("renew") ? Disk.RENEW : Disk.KEEP,
                environment,
                json.get("identity") instanceof Json.Obj identity
                        ? IdentityFormat.read(identity)
                        : null);
    }

    @Override
    public String toString() {
        return "BootOrder[" + spec.name() + ", " + disk + "]";
    }
}
