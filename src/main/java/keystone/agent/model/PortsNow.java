package keystone.agent.model;

import java.util.List;

/// What of a guest's ports is published at the moment.
///
/// @param ports by their number in the guest
/// @param note what a person should know beyond them; empty when there is nothing
public record PortsNow(PortsPolicy policy, List<PublishedPort> ports, String note) {
    public PortsNow {
        ports = List.copyOf(ports);
    }

    /// The ports of a guest that does not run, or of which nothing is known.
    public static PortsNow none(PortsPolicy policy) {
        return new PortsNow(policy, List.of(), "");
    }
}
