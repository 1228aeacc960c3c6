package keystone.agent.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// How a package gets onto this host: the line for the package manager that it has.
///
/// @param programs finds a program by its name
public record Packages(Function<String, Optional<Path>> programs) {
    private static final Map<String, String> IN_FEDORA =
            Map.of("openssh-client", "openssh-clients", "uidmap", "shadow-utils");

    private static final Map<String, String> IN_ARCH =
            Map.of("openssh-client", "openssh", "uidmap", "shadow");

    /// Of this very host.
    public static Packages ofThisHost() {
        return new Packages(Programs::locate);
    }

    /// What to type, or a sentence where we know no line.
    ///
    /// @param name as Debian calls it
    public String install(String name) {
        if (has("apt-get")) {
            return "sudo apt-get install -y " + name;
        }
        if (has("dnf")) {
            return "sudo dnf install -y " + IN_FEDORA.getOrDefault(name, name);
        }
        if (has("pacman")) {
            return "sudo pacman -S --noconfirm " + IN_ARCH.getOrDefault(name, name);
        }
        return "install the package " + name;
    }

    private boolean has(String program) {
        return programs.apply(program).isPresent();
    }
}
