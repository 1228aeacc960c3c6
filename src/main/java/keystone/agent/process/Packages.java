package keystone.agent.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import keystone.agent.model.Check;
import keystone.agent.model.ShellWord;

/// How a package gets onto this host: the line for the package manager that it has.
///
/// @param programs finds a program by its name
public record Packages(Function<String, Optional<Path>> programs) {
    private static final Map<String, String> IN_FEDORA =
            Map.of("openssh-client", "openssh-clients", "uidmap", "shadow-utils");

    private static final Map<String, String> IN_ARCH =
            Map.of("openssh-client", "openssh", "uidmap", "shadow");

    /// For this very host.
    public static Packages ofThisHost() {
        return new Packages(Programs::locate);
    }

    /// What to type, or a sentence where we know no line.
    ///
    /// @param name as Debian calls it
    public String install(String name) {
        return command(name).map(ShellWord::line).orElseGet(() -> "install the package " + name);
    }

    /// A failed check whose fix is to install a package.
    ///
    /// @param name as Debian calls the package
    public Check lacking(String check, String message, String name) {
        return command(name)
                .map(command -> Check.failed(check, message, command))
                .orElseGet(() -> Check.failed(check, message, install(name)));
    }

    private Optional<List<String>> command(String name) {
        if (has("apt-get")) {
            return Optional.of(List.of("sudo", "apt-get", "install", "-y", name));
        }
        if (has("dnf")) {
            String theirs = IN_FEDORA.getOrDefault(name, name);
            return Optional.of(List.of("sudo", "dnf", "install", "-y", theirs));
        }
        if (has("pacman")) {
            String theirs = IN_ARCH.getOrDefault(name, name);
            return Optional.of(List.of("sudo", "pacman", "-S", "--noconfirm", theirs));
        }
        return Optional.empty();
    }

    private boolean has(String program) {
        return programs.apply(program).isPresent();
    }
}
