package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;

/// Which directories of the host no guest is shown, as its project or as a mount, whoever asks:
/// what holds keys, our own files, the system's insides, and whatever contains one of these.
public final class ShareRules {
    /// Refused wherever they are: another user's are no better than one's own.
    private static final List<Path> KEYS =
            paths(
                    ".ssh",
                    ".gnupg",
                    ".aws",
                    ".azure",
                    ".kube",
                    ".docker",
                    ".pki",
                    ".password-store",
                    ".mozilla",
                    ".thunderbird",
                    ".config/gcloud",
                    ".config/gh",
                    ".config/op",
                    ".config/google-chrome",
                    ".config/chromium",
                    ".local/share/keyrings",
                    ".local/share/kwalletd");

    /// In a home directory: what every program keeps something in. What one program keeps there may
    /// well be a project.
    private static final List<Path> OF_MANY_PROGRAMS =
            paths(
                    ".cache",
                    ".config",
                    ".local",
                    ".local/share",
                    ".local/state",
                    ".var",
                    ".var/app");

    private static final List<Path> SYSTEM =
            paths(
                    "/boot",
                    "/dev",
                    "/etc",
                    "/proc",
                    "/run",
                    "/sys",
                    "/var/backups",
                    "/var/cache",
                    "/var/lib",
                    "/var/mail",
                    "/var/spool");

    /// May be looked at, but who writes there writes the programs that this host runs.
    private static final List<Path> PROGRAMS =
            paths(
                    "/bin",
                    "/gnu",
                    "/lib",
                    "/lib32",
                    "/lib64",
                    "/libx32",
                    "/nix",
                    "/sbin",
                    "/snap",
                    "/usr",
                    "/var/log");

    /// Within the system's places, each of their entries is somebody's own.
    private static final List<Path> BUT_BELOW = paths("/run/media", "/usr/src", "/usr/local/src");

    private static final Path HOMES = Path.of("/home");
    private static final Set<Path> TEMPORARY = Set.of(Path.of("/tmp"), Path.of("/var/tmp"));

    private final Path home;
    private final List<Path> own;

    /// Rules for this user.
    ///
    /// @param own where we keep our files
    public ShareRules(Path home, List<Path> own) {
        this.home = real(home);
        this.own = own.stream().map(ShareRules::real).toList();
    }

    private static List<Path> paths(String... texts) {
        return Stream.of(texts).map(Path::of).toList();
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException doesNotExist) {
            return path.toAbsolutePath().normalize();
        }
    }

    /// Why no guest is shown it: the end of a sentence that begins with "it". Empty when one may
    /// be.
    ///
    /// @param directory without links
    public Optional<String> refusal(Path directory, Access access) {
        return Stream.of(tooMuch(directory), secret(directory), system(directory, access))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> tooMuch(Path directory) {
        if (directory.getParent() == null) {
            return Optional.of("is the whole machine");
        }
        if (directory.equals(home)) {
            return Optional.of("is your home directory");
        }
        if (home.startsWith(directory)) {
            return Optional.of("contains your home directory");
        }
        if (directory.equals(HOMES) || directory.equals(Path.of("/root"))) {
            return Optional.of("holds home directories");
        }
        return TEMPORARY.contains(directory)
                ? Optional.of("holds everybody's temporary files")
                : Optional.empty();
    }

    private Optional<String> secret(Path directory) {
        if (KEYS.stream().anyMatch(keys -> isWithin(keys, directory))) {
            return Optional.of("is a place for keys and passwords");
        }
        for (Path place : own) {
            if (place.startsWith(directory) || directory.startsWith(place)) {
                return Optional.of("holds keystone-agent's own files");
            }
        }
        // What is right below /home is somebody's home directory.
        List<Path> homes =
                HOMES.equals(directory.getParent()) ? List.of(home, directory) : List.of(home);
        for (Path each : homes) {
            Optional<Path> inside =
                    KEYS.stream()
                            .map(each::resolve)
                            .filter(keys -> keys.startsWith(directory))
                            .filter(Files::exists)
                            .findFirst();
            if (inside.isPresent()) {
                return Optional.of("contains " + Printable.of(inside.get().toString()));
            }
        }
        return OF_MANY_PROGRAMS.stream().map(home::resolve).anyMatch(directory::equals)
                ? Optional.of("holds what many programs keep")
                : Optional.empty();
    }

    /// Whether some names of the directory's path, one after the other, are those of `relative`.
    private static boolean isWithin(Path relative, Path directory) {
        int length = relative.getNameCount();
        for (int start = 0; start + length <= directory.getNameCount(); start++) {
            if (directory.subpath(start, start + length).equals(relative)) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> system(Path directory, Access access) {
        if (isBelowOwnHome(directory)
                || BUT_BELOW.stream().anyMatch(each -> isBelow(each, directory))) {
            return Optional.empty();
        }
        if (SYSTEM.stream().anyMatch(directory::startsWith)) {
            return Optional.of("belongs to the system");
        }
        if (access == Access.READ_WRITE && PROGRAMS.stream().anyMatch(directory::startsWith)) {
            return Optional.of("belongs to the system, and may only be shown read-only");
        }
        return SYSTEM.stream()
                .filter(each -> each.startsWith(directory))
                .findFirst()
                .map(each -> "contains " + each);
    }

    /// Some users, such as those of services, live within the system's places.
    private boolean isBelowOwnHome(Path directory) {
        return home.getNameCount() > 1 && isBelow(home, directory);
    }

    private static boolean isBelow(Path above, Path directory) {
        return directory.startsWith(above) && !directory.equals(above);
    }
}
