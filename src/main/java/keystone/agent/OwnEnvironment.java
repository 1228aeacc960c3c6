package keystone.agent;

import java.util.HashMap;
import java.util.Map;

/// The variables of this process, with a home directory that is one.
///
/// Cron, service managers and containers run programs with an empty `HOME` or none. Files whose
/// place is worked out from that would lie in the current directory, which a guest may write.
final class OwnEnvironment {
    private OwnEnvironment() {}

    static Map<String, String> ofProcess() {
        return of(System.getenv(), System.getProperty("user.home", ""));
    }

    /// With `HOME` as it is when it can be one, else as the list of users has it; without it when
    /// neither can.
    ///
    /// @param listed the home directory of the list of users (passwd(5))
    static Map<String, String> of(Map<String, String> variables, String listed) {
        if (isHome(variables.getOrDefault("HOME", ""))) {
            return variables;
        }
        var with = new HashMap<>(variables);
        with.remove("HOME");
        if (isHome(listed)) {
            with.put("HOME", listed);
        }
        return Map.copyOf(with);
    }

    private static boolean isHome(String text) {
        return text.startsWith("/");
    }
}
