package keystone.agent.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// What of a guest's ports is published on this host: all that listen or none, and what somebody
/// said of single ones.
///
/// @param published at most one for each port of either side
/// @param withheld the guest's ports that are not published by themselves
public record PortsPolicy(
        AutoPorts auto, List<Publication> published, SortedSet<Integer> withheld) {
    /// So many of each list.
    public static final int MOST = 64;

    public static final PortsPolicy USUAL = of(AutoPorts.AUTO);

    public PortsPolicy {
        published = List.copyOf(published);
        withheld = Collections.unmodifiableSortedSet(new TreeSet<>(withheld));
        if (published.size() > MOST || withheld.size() > MOST) {
            throw UserError.usage(
                    "that are more than " + MOST + " ports of one sandbox",
                    "keystone-agent ports --unpublish GUEST, for one that nobody needs");
        }
    }

    public static PortsPolicy of(AutoPorts auto) {
        return new PortsPolicy(auto, List.of(), new TreeSet<>());
    }

    public PortsPolicy with(AutoPorts changed) {
        return new PortsPolicy(changed, published, withheld);
    }

    /// The same, and `publication` besides; what was said of either of its ports before is
    /// forgotten.
    public PortsPolicy with(Publication publication) {
        var others = new ArrayList<>(published);
        others.removeIf(
                each -> each.guest() == publication.guest() || each.host() == publication.host());
        others.add(publication);
        var stillWithheld = new TreeSet<>(withheld);
        stillWithheld.remove(publication.guest());
        return new PortsPolicy(auto, others, stillWithheld);
    }

    /// The same, with this port of the guest's published neither by itself nor otherwise.
    public PortsPolicy without(int guest) {
        var others = new ArrayList<>(published);
        others.removeIf(each -> each.guest() == guest);
        var allWithheld = new TreeSet<>(withheld);
        allWithheld.add(guest);
        return new PortsPolicy(auto, others, allWithheld);
    }

    /// Whether a listener there is published by itself.
    public boolean isAutomatic(int guest) {
        return auto == AutoPorts.AUTO && !withheld.contains(guest);
    }

    /// Whether nothing is published whoever listens.
    public boolean isNothing() {
        return auto == AutoPorts.NONE && published.isEmpty();
    }
}
