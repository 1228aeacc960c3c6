package keystone.agent.store;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.HostPattern;

/// [EgressPolicy] as JSON: in `spec.json`, and on the control socket.
public final class PolicyFormat {
    private PolicyFormat() {}

    public static Json.Obj write(EgressPolicy policy) {
        return Json.object()
                .with("mode", policy.mode().word())
                .with("allow", Json.array(policy.allowed(), each -> Json.string(each.toString())))
                .with("deny", Json.array(policy.denied(), each -> Json.string(each.toString())));
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws keystone.agent.json.JsonException or UserError when the JSON is not a policy
    public static EgressPolicy read(Json.Obj json) {
        return new EgressPolicy(
                EgressMode.parse(json.string("mode")),
                patterns(json.array("allow")),
                patterns(json.array("deny")));
    }

    private static List<HostPattern> patterns(List<Json> patterns) {
        return patterns.stream().map(each -> HostPattern.parse(each.asString("host"))).toList();
    }
}
