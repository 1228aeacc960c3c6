package keystone.agent.supervisor;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.PortNews;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.Publication;
import keystone.agent.model.PublishedPort;
import keystone.agent.store.PortsFormat;
import org.jspecify.annotations.Nullable;

/// A guest's ports on the control socket.
final class PortsWire {
    private PortsWire() {}

    static Json.Obj write(PortsNow now) {
        return Json.object()
                .with("policy", PortsFormat.write(now.policy()))
                .with("ports", Json.array(now.ports(), PortsWire::write))
                .with("note", now.note());
    }

    private static Json write(PublishedPort port) {
        Integer host = port.host();
        return Json.object()
                .with("guest", port.guest())
                .with("host", host == null ? null : Json.number(host))
                .with("program", port.program())
                .with("by", port.by().word())
                .with("note", port.note());
    }

    static PortsNow now(Json.Obj json) {
        return new PortsNow(
                PortsFormat.read(json.object("policy")),
                json.array("ports").stream().map(each -> port(each.asObject())).toList(),
                json.string("note"));
    }

    private static PublishedPort port(Json.Obj json) {
        Long host = json.numberOrNull("host");
        return new PublishedPort(
                Math.toIntExact(json.number("guest")),
                host == null ? null : Math.toIntExact(host),
                json.string("program"),
                PublishedPort.By.of(json.string("by")),
                json.string("note"));
    }

    static Json.Obj write(PortsChange change) {
        AutoPorts auto = change.auto();
        return Json.object()
                .with("auto", auto == null ? null : auto.word())
                .with("publish", strings(change.publish()))
                .with("unpublish", Json.array(change.unpublish(), each -> Json.number(each)));
    }

    private static Json strings(List<Publication> all) {
        return Json.array(all, each -> Json.string(each.toString()));
    }

    static PortsChange change(Json.Obj json) {
        return new PortsChange(
                auto(json.stringOrNull("auto")),
                json.array("publish").stream()
                        .map(each -> Publication.parse(each.asString("publish")))
                        .toList(),
                json.array("unpublish").stream()
                        .map(each -> Math.toIntExact(each.asLong("unpublish")))
                        .toList());
    }

    private static @Nullable AutoPorts auto(@Nullable String word) {
        return word == null ? null : AutoPorts.parse(word);
    }

    static Json.Obj write(PortNews news) {
        return Json.object()
                .with("count", news.count())
                .with("sentences", Json.array(news.sentences(), Json::string));
    }

    static PortNews news(Json.Obj json) {
        return new PortNews(
                json.number("count"),
                json.array("sentences").stream().map(each -> each.asString("sentences")).toList());
    }
}
