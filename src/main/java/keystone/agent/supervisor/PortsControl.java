package keystone.agent.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;

/// What the control socket is asked of the ports: see [Methods]. Thread-safe.
final class PortsControl {
    /// Whoever follows them asks again.
    static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final SandboxDir dir;
    private final Supplier<Ports> ports;

    /// @param ports throws where there are none
    PortsControl(SandboxDir dir, Supplier<Ports> ports) {
        this.dir = dir;
        this.ports = ports;
    }

    Json request(String method, Json.Obj params) throws RpcError, InterruptedException {
        return switch (method) {
            case Methods.PORTS -> PortsWire.write(ports.get().now());
            case Methods.PORTS_CHANGE -> PortsWire.write(change(PortsWire.change(params)));
            case Methods.PORTS_NEWS ->
                    PortsWire.write(ports.get().news(params.number("known"), LONGEST_WAIT));
            default -> throw RpcError.methodNotFound(method);
        };
    }

    /// It holds at once, and at the next start; or not at all, when this host has no room for what
    /// was asked for.
    private synchronized PortsNow change(PortsChange change) {
        Ports live = ports.get();
        PortsPolicy before = live.now().policy();
        PortsPolicy wanted = change.of(before);
        live.follow(wanted);
        PortsNow now = live.now();
        List<PublishedPort> missing =
                now.ports().stream()
                        .filter(each -> each.host() == null && isAsked(change, each))
                        .toList();
        if (!missing.isEmpty()) {
            live.follow(before);
            throw UserError.failed(
                    missing.getFirst().note(),
                    "keystone-agent ports %s --publish OTHER:%d"
                            .formatted(dir.name(), missing.getFirst().guest()));
        }
        var _ = dir.changeSpec(spec -> spec.with(wanted));
        return now;
    }

    private static boolean isAsked(PortsChange change, PublishedPort port) {
        return change.publish().stream().anyMatch(each -> each.guest() == port.guest());
    }
}
