package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.PortsNow;
import keystone.agent.model.Printable;
import keystone.agent.model.PublishedPort;

/// A guest's ports as `status` shows them.
final class PortsText {
    private PortsText() {}

    static List<String> lines(PortsNow now) {
        var lines = new ArrayList<String>();
        for (PublishedPort port : now.ports()) {
            lines.add(line(port));
        }
        if (!now.note().isEmpty()) {
            lines.add(Printable.of(now.note()));
        }
        return lines;
    }

    private static String line(PublishedPort port) {
        String program = port.program().isEmpty() ? "" : " (" + Printable.of(port.program()) + ")";
        String where = port.url() == null ? "not on this host" : "on " + port.url();
        String note = port.note().isEmpty() ? "" : ": " + Printable.of(port.note());
        return "%d%s is %s%s".formatted(port.guest(), program, where, note);
    }
}
