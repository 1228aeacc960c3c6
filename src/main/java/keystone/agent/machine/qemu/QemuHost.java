package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import keystone.agent.model.Image;
import keystone.agent.model.Owner;
import keystone.agent.model.UserError;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import keystone.agent.process.Packages;
import keystone.agent.process.Programs;

/// What this host has for QEMU: the program, the tightest confinement for each owner, KVM or not.
/// What was found out by trying is kept, so that all who ask get one answer. Thread-safe.
final class QemuHost {
    static final String PROGRAM = "qemu-system-x86_64";

    private final Path cache;
    private final HostUser user;
    private final Map<Owner, Confinement> confinements = new ConcurrentHashMap<>();

    QemuHost(Path cache, HostUser user) {
        this.cache = cache;
        this.user = user;
    }

    HostUser user() {
        return user;
    }

    Path program() {
        return Programs.locate(PROGRAM)
                .orElseThrow(
                        () ->
                                UserError.hostLacks(
                                        "the program `" + PROGRAM + "` is not installed",
                                        install()));
    }

    /// What brings the program onto this host.
    static String install() {
        return Packages.ofThisHost().install("qemu-system-x86");
    }

    Confinement confinement(Owner owner) throws InterruptedException {
        Confinement known = confinements.get(owner);
        if (known != null) {
            return known;
        }
        Confinement found = new ConfinementSearch(user).tightest(owner);
        Confinement first = confinements.putIfAbsent(owner, found);
        return first == null ? found : first;
    }

    /// @param image whose kernel decides
    Accelerator accelerator(Optional<Image> image) {
        Path program = program();
        var cache = new VerdictCache(directory(), Circumstances.now(program));
        return new Accelerator(program, cache, image);
    }

    private Path directory() {
        try {
            return Files.createDirectories(
                    cache,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + cache, e);
        }
    }
}
