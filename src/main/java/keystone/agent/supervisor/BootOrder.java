package keystone.agent.supervisor;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.devshell.DevshellFormat;
import keystone.agent.egress.Upstream;
import keystone.agent.json.Json;
import keystone.agent.model.Devshell;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.MaskRules;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.SandboxSpec;
import keystone.agent.store.SpecFormat;
import org.jspecify.annotations.Nullable;

/// What a supervisor is asked to bring up. It travels over the control socket, so that no value of
/// the environment is ever in an argument list or on a disk.
///
/// @param disk whether what the sandbox had is kept
/// @param environment for every session of this run
/// @param proxies this host's own: the variables that name them
/// @param identity who commits inside; null when nobody is known
/// @param secrets that the guest may use
/// @param masks which files of what is shared it does not get to see
/// @param devshell for its sessions; null when it gets none
public record BootOrder(
        SandboxSpec spec,
        Disk disk,
        Map<String, String> environment,
        Map<String, String> proxies,
        @Nullable GitIdentity identity,
        SecretOrder secrets,
        MaskRules masks,
        @Nullable Devshell devshell) {
    /// What happens to the writable disk, the keys and the ids.
    public enum Disk {
        KEEP,
        RENEW
    }

    /// Without a devshell.
    public BootOrder(
            SandboxSpec spec,
            Disk disk,
            Map<String, String> environment,
            Map<String, String> proxies,
            @Nullable GitIdentity identity,
            SecretOrder secrets,
            MaskRules masks) {
        this(spec, disk, environment, proxies, identity, secrets, masks, null);
    }

    public BootOrder {
        environment = new TreeMap<>(environment);
        proxies = new TreeMap<>(proxies);
    }

    /// The variables of a process that name this host's proxies. They may hold a password.
    public static Map<String, String> proxies(Map<String, String> ofProcess) {
        var proxies = new TreeMap<>(ofProcess);
        proxies.keySet()
                .removeIf(name -> !Upstream.VARIABLES.contains(name.toUpperCase(Locale.ROOT)));
        return proxies;
    }

    /// The same, with what was said of single hosts and ports since its sender read the record:
    /// what is denied meanwhile stays so. To be asked by whoever holds the sandbox's lock, since
    /// without it anybody may write one more rule.
    BootOrder over(SandboxSpec written) {
        EgressPolicy egress = written.egress().with(spec.egress().mode());
        PortsPolicy ports = written.ports().with(spec.ports().auto());
        return new BootOrder(
                spec.with(egress).with(ports),
                disk,
                environment,
                proxies,
                identity,
                secrets,
                masks,
                devshell);
    }

    Json.Obj toJson() {
        return Json.object()
                .with("spec", SpecFormat.write(spec))
                .with("renew", disk == Disk.RENEW)
                .with("environment", toJson(environment))
                .with("proxies", toJson(proxies))
                .with("identity", identity == null ? null : IdentityFormat.write(identity))
                .with("secrets", secrets.toJson())
                .with("masks", MaskFormat.write(masks))
                .with("devshell", devshell == null ? null : DevshellFormat.write(devshell));
    }

    private static Json.Obj toJson(Map<String, String> variables) {
        Json.Obj json = Json.object();
        variables.forEach(json::with);
        return json;
    }

    static BootOrder fromJson(Json.Obj json) {
        return new BootOrder(
                SpecFormat.read(json.object("spec")),
                json.bool("renew") ? Disk.RENEW : Disk.KEEP,
                variables(json.object("environment")),
                variables(json.object("proxies")),
                json.get("identity") instanceof Json.Obj identity
                        ? IdentityFormat.read(identity)
                        : null,
                SecretOrder.fromJson(json.object("secrets")),
                MaskFormat.rules(json.object("masks")),
                json.get("devshell") instanceof Json.Obj devshell
                        ? DevshellFormat.read(devshell)
                        : null);
    }

    private static Map<String, String> variables(Json.Obj json) {
        var variables = new TreeMap<String, String>();
        json.members().keySet().forEach(name -> variables.put(name, json.string(name)));
        return variables;
    }

    @Override
    public String toString() {
        return "BootOrder[" + spec.name() + ", " + disk + "]";
    }
}
