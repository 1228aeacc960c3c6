package keystone.agent.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What somebody wants otherwise about a sandbox's ports.
///
/// @param auto null for as it is
/// @param unpublish ports of the guest
public record PortsChange(
        @Nullable AutoPorts auto, List<Publication> publish, List<Integer> unpublish) {
    public PortsChange {
        publish = List.copyOf(publish);
        unpublish = List.copyOf(unpublish);
    }

    public boolean isNothing() {
        return auto == null && publish.isEmpty() && unpublish.isEmpty();
    }

    public PortsPolicy of(PortsPolicy policy) {
        PortsPolicy changed = auto == null ? policy : policy.with(auto);
        for (int guest : unpublish) {
            changed = changed.without(guest);
        }
        for (Publication each : publish) {
            changed = changed.with(each);
        }
        return changed;
    }
}
