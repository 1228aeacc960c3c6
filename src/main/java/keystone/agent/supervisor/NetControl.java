package keystone.agent.supervisor;

import java.util.function.Supplier;
import keystone.agent.egress.Gate;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.store.PolicyFormat;
import keystone.agent.store.SandboxDir;

/// What the control socket is asked of the network: see [Methods]. Thread-safe.
final class NetControl {
    private final SandboxDir dir;
    private final Supplier<Gate> gate;
    private final Runnable changed;

    /// @param gate gives the running guest's gate; throws a [UserError] when the guest is not
    ///     usable or has no network
    /// @param changed runs after a change
    NetControl(SandboxDir dir, Supplier<Gate> gate, Runnable changed) {
        this.dir = dir;
        this.gate = gate;
        this.changed = changed;
    }

    Json request(String method, Json.Obj params) throws RpcError, InterruptedException {
        return switch (method) {
            case Methods.NET -> PolicyFormat.write(gate.get().policy());
            case Methods.NET_RULE ->
                    rule(
                            new Rule(
                                    HostPattern.parse(params.string("host")),
                                    params.bool("allow") ? Effect.ALLOW : Effect.DENY),
                            params.bool("once"));
            case Methods.NET_CHECK ->
                    NetChecks.toJson(
                            NetChecks.of(
                                    gate.get(),
                                    HostName.parse(params.string("host")),
                                    Math.toIntExact(params.number("port"))));
            default -> throw RpcError.methodNotFound(method);
        };
    }

    /// It holds at once; and, but for `once`, at the next start.
    private synchronized Json rule(Rule rule, boolean once) {
        Gate now = gate.get();
        if (!once) {
            var _ = dir.changeSpec(spec -> spec.with(spec.egress().with(rule)));
        }
        EgressPolicy policy = now.change(before -> before.with(rule));
        changed.run();
        return PolicyFormat.write(policy);
    }
}
