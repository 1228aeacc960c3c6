package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PublishedPort;

/// A guest's ports as `ports --json` and `status --json` show them.
final class PortsJson {
    private PortsJson() {}

    static Json of(PortsNow now) {
        return Json.object()
                .with("auto", now.policy().auto().word())
                .with("ports", ports(now))
                .with("withheld", Json.array(now.policy().withheld(), each -> Json.number(each)))
                .with("note", now.note().isEmpty() ? null : now.note());
    }

    static Json ports(PortsNow now) {
        return Json.array(now.ports(), PortsJson::port);
    }

    private static Json port(PublishedPort port) {
        Integer host = port.host();
        return Json.object()
                .with("guest", port.guest())
                .with("host", host == null ? null : Json.number(host))
                .with("url", port.url())
                .with("program", port.program().isEmpty() ? null : port.program())
                .with("by", port.by().word())
                .with("note", port.note().isEmpty() ? null : port.note());
    }
}
