package keystone.agent.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import keystone.agent.model.UserError;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.Owned;

/// One attempt to have all shares of a sandbox served by virtiofsd.
record VirtiofsStart(
        Virtiofsd program,
        ConfinementSearch confinements,
        ServicePlace place,
        ShareService.Listener listener) {

    /// Returns once all of them listen, and are proven to show what was meant.
    VirtiofsService run(Shares shares) throws InterruptedException {
        Confinement confinement = confinements.tightest(place.owner());
        if (!confinement.hasPlaces()) {
            throw UserError.hostLacks(
                    "virtiofsd needs user namespaces, which this host does not permit",
                    "keystone-agent doctor");
        }
        var owned = new Owned();
        try {
            var servers = new LinkedHashMap<String, VirtiofsServer>();
            for (var share : shares.byTag().entrySet()) {
                var launch =
                        new VirtiofsLaunch(
                                share.getKey(),
                                share.getValue(),
                                program,
                                confinement,
                                confinements.user(),
                                place);
                servers.put(share.getKey(), launch.run(owned, listener));
            }
            return new VirtiofsService(program, "", servers, owned);
        } catch (IOException failed) {
            owned.close();
            throw new UncheckedIOException("cannot prepare " + place.directory(), failed);
        } catch (InterruptedException | RuntimeException failed) {
            owned.close();
            throw failed;
        }
    }
}
