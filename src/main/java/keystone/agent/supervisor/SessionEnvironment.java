package keystone.agent.supervisor;

import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.EgressMode;
import keystone.agent.model.SandboxSpec;
import keystone.agent.workspace.Polling;
import keystone.agent.workspace.ShareService;

/// The environment variables that every session in the guest has.
final class SessionEnvironment {
    private SessionEnvironment() {}

    /// What a person asked for comes last, so that it holds.
    static Map<String, String> of(BootOrder order, SandboxSpec spec, ShareService service) {
        var all = new TreeMap<>(Polling.variables(service.driver()));
        if (spec.egress().mode() != EgressMode.NONE) {
            all.putAll(Egress.variables(spec.name()));
            all.putAll(BaseUrls.of(order.secrets().environment()).variables());
        }
        all.putAll(order.environment());
        return all;
    }
}
