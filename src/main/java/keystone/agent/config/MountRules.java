package keystone.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Which directories no guest is shown, whoever asks: what holds keys, our own files, the system's
/// insides, and whatever contains one of these.
final class MountRules {
    /// Refused wherever they are: another user's are no better than one's own.
    private static final Set<String> KEYS =
            Set.of(
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
                    "keyrings",
                    "kwalletd");

    private static final List<String> KEYS_AT_HOME =
            List.of(
                    ".config/gcloud",
                    ".config/gh",
                    ".config/op",
                    ".config/google-chrome",
                    ".config/chromium",
                    ".local/share/keyrings",
                    ".local/share/kwalletd");

    private static final List<Path> SYSTEM =
            List.of(
                    Path.of("/boot"),
                    Path.of("/dev"),
                    Path.of("/etc"),
                    Path.of("/proc"),
                    Path.of("/run"),
                    Path.of("/sys"));

    private static final Set<Path> HOMES = Set.of(Path.of("/home"), Path.of("/root"));

    /// Where desktops mount removable disks.
    private static final Path MEDIA = Path.of("/run/media");

    /// Over these a mount would hide what the guest itself needs.
    private static final Set<String> GUEST_SYSTEM =
            Set.of(
                    "/bin",
                    "/boot",
                    "/dev",
                    "/etc",
                    "/home",
                    "/home/sandbox",
                    "/lib",
                    "/lib64",
                    "/proc",
                    "/run",
                    "/sbin",
                    "/sys",
                    "/usr",
                    "/var",
                    "/workspace");

    private final Path home;
    private final List<Path> own;

    /// Rules for this user.
    ///
    /// @param own where we keep our files
    MountRules(Path home, List<Path> own) {
        this.home = real(home);
        this.own = own.stream().map(MountRules::real).toList();
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException doesNotExist) {
            return path.toAbsolutePath().normalize();
        }
    }

    /// Refuses with a [UserError] what must not be shared.
    ///
    /// @param directory without links
    void check(Path directory, String guest) {
        String shown = "`" + Printable.of(directory.toString()) + "`";
        String why = refusal(directory);
        if (why != null) {
            throw UserError.usage(
                    shown + " is not shared with guests: it " + why,
                    "share only the directory that the work needs");
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw UserError.usage(shown + " is not a directory", "share a directory that exists");
        }
        if (GUEST_SYSTEM.contains(guest)) {
            throw UserError.usage(
                    "a mount at " + guest + " would hide what the guest has there",
                    "choose another place, such as /data");
        }
    }

    private @Nullable String refusal(Path directory) {
        if (directory.getParent() == null) {
            return "is the whole machine";
        }
        if (home.startsWith(directory)) {
            return directory.equals(home)
                    ? "is your home directory"
                    : "contains your home directory";
        }
        if (HOMES.contains(directory)) {
            return "holds home directories";
        }
        if (isKeys(directory)) {
            return "is a place for keys and passwords";
        }
        for (Path keys : keysAtHome()) {
            if (keys.startsWith(directory)) {
                return "contains " + Printable.of(keys.toString());
            }
        }
        for (Path place : own) {
            if (place.startsWith(directory) || directory.startsWith(place)) {
                return "holds files of keystone-agent itself";
            }
        }
        boolean system = SYSTEM.stream().anyMatch(directory::startsWith);
        return system && !isRemovable(directory) ? "belongs to the system" : null;
    }

    private boolean isKeys(Path directory) {
        for (Path name : directory) {
            if (KEYS.contains(name.toString())) {
                return true;
            }
        }
        return KEYS_AT_HOME.stream().map(home::resolve).anyMatch(directory::startsWith);
    }

    /// Those that exist; what contains one is refused too.
    private List<Path> keysAtHome() {
        var found = new ArrayList<Path>();
        KEYS.forEach(name -> found.add(home.resolve(name)));
        KEYS_AT_HOME.forEach(name -> found.add(home.resolve(name)));
        found.removeIf(keys -> !Files.exists(keys));
        return found;
    }

    private static boolean isRemovable(Path directory) {
        return directory.startsWith(MEDIA) && directory.getNameCount() > MEDIA.getNameCount();
    }
}
