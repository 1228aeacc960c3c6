package keystone.agent.supervisor;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.egress.Redactor;
import keystone.agent.guest.Guest;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.BuildId;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.Image;
import keystone.agent.model.MaskRules;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Progress;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.store.Places;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// A guest for one job, such as making a layer: brought up in this very process, over an empty
/// project, and discarded with its disk when it is closed.
public final class TemporaryGuest implements Owned.Ending {
    private static final SandboxName NAME = new SandboxName("layer");

    private final Owned owned;
    private final Guest guest;
    private final NoRoom noRoom;

    private TemporaryGuest(Owned owned, Guest guest, NoRoom noRoom) {
        this.owned = owned;
        this.guest = guest;
        this.noRoom = noRoom;
    }

    /// Boots the image; returns once commands can run in it.
    ///
    /// @param places nobody else's; what a killed one has left there is cleared
    public static TemporaryGuest boot(
            Image image,
            Resources resources,
            SupervisorParts parts,
            Places places,
            Progress progress)
            throws InterruptedException {
        var owned = new Owned();
        var noRoom = new NoRoom(places.state());
        try {
            owned.own(() -> PrivateFiles.deleteTree(places.state()));
            SandboxDir dir = sandbox(places, image, resources);
            owned.own(() -> PrivateFiles.deleteTree(dir.run().path()));
            Leftovers.clear(dir.run());
            dir.run().create();
            Steps steps = Steps.timed(telling(progress));
            var up = new BringUp(dir, parts, steps, noRoom, new Redactor());
            var order =
                    new BootOrder(
                            dir.spec(),
                            BootOrder.Disk.KEEP,
                            Map.of(),
                            Map.of(),
                            null,
                            SecretOrder.NONE,
                            MaskRules.NONE);
            Live live = up.run(order, owned);
            noRoom.watch(live.machine());
            return new TemporaryGuest(owned, live.guest(), noRoom);
        } catch (UserError failure) {
            owned.close();
            noRoom.refuse();
            throw withoutItsLogs(failure);
        } catch (InterruptedException | RuntimeException failure) {
            owned.close();
            throw failure;
        }
    }

    /// What could be read about a sandbox is gone with this one.
    private static UserError withoutItsLogs(UserError failure) {
        return new UserError(
                failure.kind(),
                "the guest to install in did not start: " + failure.problem(),
                failure.kind() == UserError.Kind.HOST_LACKS
                        ? failure.fix()
                        : "keystone-agent doctor",
                failure);
    }

    private static SandboxDir sandbox(Places places, Image image, Resources resources) {
        PrivateFiles.deleteTree(places.state());
        Path project = PrivateFiles.createDirectories(places.state().resolve(".project"));
        var spec =
                new SandboxSpec(
                        NAME,
                        project,
                        image.digest(),
                        BuildId.create(image.digest()),
                        resources,
                        ShareDriver.NINE_P,
                        GitMode.DIRECT,
                        EgressPolicy.of(EgressMode.NONE),
                        PortsPolicy.of(AutoPorts.NONE),
                        List.of(),
                        null);
        return new Store(places).create(spec, "temporary").orElseThrow();
    }

    private static SupervisorClient.Listener telling(Progress progress) {
        return new SupervisorClient.Listener() {
            @Override
            public void began(String step) {
                progress.at("guest: " + step);
            }

            @Override
            public void passed(String step, Duration took) {}

            @Override
            public void notice(String sentence) {}
        };
    }

    /// As [Guest#pipe].
    ///
    /// @throws UserError also when the guest was ended because this host has no room for its disk
    public int pipe(
            List<String> command, InputStream input, OutputStream output, OutputStream errors)
            throws InterruptedException {
        try {
            int status = guest.pipe(command, input, output, errors);
            noRoom.refuse();
            return status;
        } catch (UserError lost) {
            noRoom.refuse();
            throw lost;
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
