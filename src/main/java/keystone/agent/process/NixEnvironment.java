package keystone.agent.process;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the programs of Nix, and direnv, get of the environment of whoever runs them: no more than
/// they need, as what they build and evaluate can read all of it.
public final class NixEnvironment {
    /// Beside all that begins with `NIX_` or `XDG_`.
    private static final Set<String> KEPT =
            Set.of(
                    "CURL_CA_BUNDLE",
                    "DIRENV_CONFIG",
                    "HOME",
                    "LANG",
                    "LC_ALL",
                    "LOGNAME",
                    "SSL_CERT_FILE",
                    "TMPDIR",
                    "USER",
                    "http_proxy",
                    "https_proxy",
                    "no_proxy",
                    "HTTP_PROXY",
                    "HTTPS_PROXY",
                    "NO_PROXY");

    private final Map<String, @Nullable String> restricted = new TreeMap<>();

    /// @param environment of this process
    public NixEnvironment(Map<String, String> environment) {
        environment.forEach((name, value) -> restricted.put(name, isKept(name) ? value : null));
        // Whoever starts a program knows which of its places a guest can write.
        restricted.remove("PATH");
    }

    private static boolean isKept(String name) {
        return KEPT.contains(name) || name.startsWith("NIX_") || name.startsWith("XDG_");
    }

    /// The same command with no other variables than those, and its own.
    public Command restrict(Command command) {
        Command result = command;
        for (Map.Entry<String, @Nullable String> each : restricted.entrySet()) {
            if (!command.environment().containsKey(each.getKey())) {
                result = result.withEnvironment(each.getKey(), each.getValue());
            }
        }
        return result;
    }
}
