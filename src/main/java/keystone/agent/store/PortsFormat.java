package keystone.agent.store;

import java.util.TreeSet;
import keystone.agent.json.Json;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Publication;

/// [PortsPolicy] as JSON: in `spec.json`, and on the control socket.
public final class PortsFormat {
    private PortsFormat() {}

    public static Json.Obj write(PortsPolicy policy) {
        return Json.object()
                .with("auto", policy.auto().word())
                .with(
                        "publish",
                        Json.array(policy.published(), each -> Json.string(each.toString())))
                .with("withhold", Json.array(policy.withheld(), each -> Json.number(each)));
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws keystone.agent.json.JsonException or UserError when the JSON is not a policy
    public static PortsPolicy read(Json.Obj json) {
        var withheld = new TreeSet<Integer>();
        json.array("withhold")
                .forEach(each -> withheld.add(Math.toIntExact(each.asLong("withhold"))));
        return new PortsPolicy(
                AutoPorts.parse(json.string("auto")),
                json.array("publish").stream()
                        .map(each -> Publication.parse(each.asString("publish")))
                        .toList(),
                withheld);
    }
}
