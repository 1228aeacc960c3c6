package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.regex.Pattern;
import keystone.agent.model.Check;
import keystone.agent.model.Image;
import keystone.agent.model.Owner;
import keystone.agent.model.UserError;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import keystone.agent.process.Packages;
import keystone.agent.process.Programs;

/// What this host has for QEMU: the program, the tightest confinement for each owner, KVM or not.
final class QemuHost {
    static final String PROGRAM = "qemu-system-x86_64";

    private static final String PACKAGE = "qemu-system-x86";

    /// How QEMU begins what it complains about.
    static final Pattern SPEAKER = Pattern.compile("\\S*qemu-system-\\w+: ");

    private final Path cache;
    private final ConfinementSearch confinements;

    QemuHost(Path cache, ConfinementSearch confinements) {
        this.cache = cache;
        this.confinements = confinements;
    }

    /// Where verdicts are kept.
    Path cache() {
        return cache;
    }

    ConfinementSearch confinements() {
        return confinements;
    }

    HostUser user() {
        return confinements.user();
    }

    Path program() {
        return Programs.locate(PROGRAM)
                .orElseThrow(
                        () ->
                                UserError.hostLacks(
                                        "the program `" + PROGRAM + "` is not installed",
                                        Packages.ofThisHost().install(PACKAGE)));
    }

    /// A failed check that installing the program mends.
    static Check lacking(String check, String message) {
        return Packages.ofThisHost().lacking(check, message, PACKAGE);
    }

    Confinement confinement(Owner owner) throws InterruptedException {
        return confinements.tightest(owner);
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
