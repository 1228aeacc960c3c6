package keystone.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import keystone.agent.desktop.Desktop;
import keystone.agent.guest.GuestChecks;
import keystone.agent.image.Images;
import keystone.agent.machine.qemu.QemuDriver;
import keystone.agent.model.Program;
import keystone.agent.nixos.NixImages;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import keystone.agent.sandbox.Doctor;
import keystone.agent.store.Places;
import keystone.agent.store.Store;
import keystone.agent.supervisor.Checkpoint;
import keystone.agent.supervisor.SecretStore;
import keystone.agent.supervisor.SupervisorParts;
import keystone.agent.workspace.Reach;
import keystone.agent.workspace.ShareDrivers;
import org.jspecify.annotations.Nullable;

/// The one place that knows which images, which machines, which clock; made on first use.
final class Parts implements Supplier<SupervisorParts> {
    private final Places places;
    private final Map<String, String> environment;
    private @Nullable SupervisorParts made;

    Parts(Places places, Map<String, String> environment) {
        this.places = places;
        this.environment = environment;
    }

    @Override
    public synchronized SupervisorParts get() {
        SupervisorParts parts = made;
        if (parts == null) {
            var confinements = new ConfinementSearch(HostUser.current());
            var images =
                    new Images(
                            places.cache().resolve("images"),
                            places.state().resolve("image.lock"),
                            Clock.systemUTC());
            parts =
                    new SupervisorParts(
                            images,
                            new NixImages(places.nixImages(), environment),
                            new QemuDriver(
                                    places.cache().resolve("host"), confinements, images::find),
                            new ShareDrivers(
                                    confinements,
                                    places.cache().resolve("virtiofsd"),
                                    script("fetch-virtiofsd")),
                            confinements.user().ids(),
                            Clock.systemUTC(),
                            Checkpoint.from(environment),
                            new SecretStore(places.secrets(), this::canGuestWrite),
                            Desktop.find(environment));
            made = parts;
        }
        return parts;
    }

    /// Looked at each time: other sandboxes come and go.
    private boolean canGuestWrite(Path path) {
        return Reach.of(new Store(places).writable()).includes(path);
    }

    /// What the parts need of the host.
    List<Doctor.Part> checks() {
        return List.of(
                () -> get().images().checks(),
                () -> get().driver().checks(),
                () -> get().shareDrivers().checks(),
                GuestChecks::checks);
    }

    /// The program that started this one, so that a supervisor is started in the same way.
    static String launcher() {
        return System.getProperty(
                "keystone.agent.launcher", Path.of("bin", "keystone-agent").toAbsolutePath() + "");
    }

    /// A script that comes with the program: where the launcher looks, too.
    private static Path script(String name) {
        Path home = Path.of(launcher()).resolve("../..").normalize();
        Path installed = home.resolve("lib/keystone-agent");
        return (Files.isDirectory(installed) ? installed : home.resolve("target/app"))
                .resolve(name);
    }

    static String version() {
        return Program.running().version();
    }
}
