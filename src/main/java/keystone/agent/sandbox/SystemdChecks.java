package keystone.agent.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Check;

/// Whether systemd can own the sandboxes' processes, and keeps them after a logout.
final class SystemdChecks {
    private static final String NAME = "systemd";

    private final HostFacts host;

    SystemdChecks(HostFacts host) {
        this.host = host;
    }

    List<Check> all() {
        return List.of(check());
    }

    private Check check() {
        if (!Files.isDirectory(host.root().resolve("run/systemd/system"))) {
            return Check.passed(
                    NAME, "does not run here; each sandbox's processes end with their supervisor");
        }
        String runtime = host.environment().getOrDefault("XDG_RUNTIME_DIR", "");
        if (runtime.isEmpty() || !Files.exists(Path.of(runtime, "systemd", "private"))) {
            return Check.warning(
                    NAME,
                    "has no session of yours here, so it cannot own the sandboxes' processes",
                    List.of("sudo", "loginctl", "enable-linger", Integer.toString(host.uid())));
        }
        return lingers(host.root(), host.environment())
                ? Check.passed(NAME, "owns the sandboxes' processes, also after you log out")
                : Check.warning(
                        NAME,
                        "owns the sandboxes' processes, and ends them when you log out",
                        "loginctl enable-linger");
    }

    /// Whether the user's services live on after a logout (loginctl(1)).
    static boolean lingers(Path root, Map<String, String> environment) {
        String user = environment.getOrDefault("USER", "");
        Path lingering = root.resolve("var/lib/systemd/linger");
        return !user.isEmpty() && !user.contains("/") && Files.exists(lingering.resolve(user));
    }
}
