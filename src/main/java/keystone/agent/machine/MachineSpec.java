package keystone.agent.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import keystone.agent.model.Bootable;
import keystone.agent.model.Owner;
import keystone.agent.model.Resources;
import keystone.agent.model.Share;

/// What a machine is made of.
///
/// @param id short and safe; shown in the process's name as `keystone-<id>`
/// @param disk the writable qcow2, owned by `owner`
/// @param bootConfig the guest's `config.tar`; read once at boot, may be removed after
/// [Machine#boot]
/// @param directory where the machine keeps its socket; only we and `owner` may enter it
/// @param shares tag to directory; the guest mounts them by tag
/// @param sharing how they reach the guest
/// @param owner whom the machine's process works as on this host
/// @param environment added to its process's environment, so that it can be found again
public record MachineSpec(
        String id,
        Bootable image,
        Path disk,
        Path bootConfig,
        Path directory,
        Resources resources,
        Map<String, Share> shares,
        Sharing sharing,
        Owner owner,
        Map<String, String> environment) {
    public MachineSpec {
        shares = Map.copyOf(shares);
        environment = Map.copyOf(environment);
        if (sharing instanceof Sharing.Served(Map<String, Path> byTag)
                && !byTag.keySet().equals(shares.keySet())) {
            throw new IllegalArgumentException("each share needs a socket: " + byTag.keySet());
        }
    }

    /// The tags in a stable order.
    public List<String> tags() {
        return shares.keySet().stream().sorted().toList();
    }

    public Share share(String tag) {
        return Objects.requireNonNull(shares.get(tag), tag);
    }
}
