package keystone.agent.supervisor;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.guest.GuestConfig;
import keystone.agent.guest.GuestMount;
import keystone.agent.machine.Sharing;
import keystone.agent.workspace.ShareService;
import keystone.agent.workspace.Shares;

/// What the guest is shown of this host, in the words of each part that must know.
record Shown(Shares shares, ShareService service) {
    Sharing sharing() {
        return switch (service.driver()) {
            case VIRTIOFS -> new Sharing.Served(service.sockets());
            case NINE_P -> new Sharing.NineP(Sharing.Modes.TRUE);
            case NINE_P_MAPPED -> new Sharing.NineP(Sharing.Modes.RECORDED);
            case AUTO, CLONE -> throw new IllegalStateException("no driver was chosen");
        };
    }

    GuestConfig.FileSystem fileSystem() {
        return switch (service.driver()) {
            case VIRTIOFS -> GuestConfig.FileSystem.VIRTIOFS;
            case NINE_P, NINE_P_MAPPED -> GuestConfig.FileSystem.NINE_P;
            case AUTO, CLONE -> throw new IllegalStateException("no driver was chosen");
        };
    }

    List<GuestMount> mounts() {
        var mounts = new ArrayList<GuestMount>();
        shares.byTag()
                .forEach(
                        (tag, share) ->
                                mounts.add(new GuestMount(tag, share.guest(), share.access())));
        return mounts;
    }
}
