package keystone.agent.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Where things are kept for the user who runs us, from the environment (XDG base directories).
///
/// `KEYSTONE_AGENT_HOME` puts all but the sockets under one directory.
///
/// @param state sandboxes and the image lock; survives reboots
/// @param cache images; can be made again
/// @param config the user's `agent.toml` and approvals
/// @param runtime sockets; short, because a Unix socket's path holds at most 108 bytes (unix(7))
public record Places(Path state, Path cache, Path config, Path runtime) {
    private static final int LONGEST_RUNTIME = 60;

    /// The places for this environment.
    ///
    /// @param uid the effective user's, for the runtime directory where the session has none
    public static Places from(Map<String, String> environment, int uid) {
        String own = environment.get("KEYSTONE_AGENT_HOME");
        if (own != null && !own.isEmpty()) {
            Path root = Path.of(own).toAbsolutePath().normalize();
            return new Places(
                    root.resolve("state"),
                    root.resolve("cache"),
                    root.resolve("config"),
                    runtime(environment, uid));
        }
        return new Places(
                base(environment, "XDG_STATE_HOME", ".local/state").resolve("keystone-agent"),
                base(environment, "XDG_CACHE_HOME", ".cache").resolve("keystone-agent"),
                base(environment, "XDG_CONFIG_HOME", ".config").resolve("keystone"),
                runtime(environment, uid));
    }

    /// For what `tokens set` was given. No sandbox's name begins with a dot.
    public Path secrets() {
        return state.resolve(".secrets");
    }

    /// For what was captured of projects' devshells, and what their users approved of them.
    public Path devshells() {
        return state.resolve(".devshells");
    }

    /// For what NixOS guests are made from.
    public Path nixImages() {
        return state.resolve(".nix");
    }

    private static Path base(Map<String, String> environment, String variable, String inHome) {
        String value = environment.get(variable);
        // The specification says to ignore relative ones.
        return value == null || !value.startsWith("/")
                ? home(environment).resolve(inHome)
                : Path.of(value);
    }

    /// Never a relative one: that would be wherever the command is run, such as in a project.
    private static Path home(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        if (!home.startsWith("/")) {
            throw UserError.usage(
                    "there is no home directory to keep files in: HOME is not set, or not absolute",
                    "set HOME, or KEYSTONE_AGENT_HOME to a directory of your own");
        }
        return Path.of(home);
    }

    private static Path runtime(Map<String, String> environment, int uid) {
        Path temporary = Path.of("/tmp/ka-" + uid);
        String session = environment.get("XDG_RUNTIME_DIR");
        if (session == null || !session.startsWith("/")) {
            return temporary;
        }
        Path candidate = Path.of(session, "keystone-agent");
        boolean usable =
                candidate.toString().length() <= LONGEST_RUNTIME && isOurs(Path.of(session), uid);
        return usable ? candidate : temporary;
    }

    private static boolean isOurs(Path directory, int uid) {
        Integer owner = ownerOf(directory);
        return owner != null && owner == uid;
    }

    private static @Nullable Integer ownerOf(Path directory) {
        try {
            return (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException missing) {
            return null;
        }
    }

    /// Makes the runtime directory, private, and refuses one that somebody else made first or can
    /// write: `/tmp` is everybody's, and what lies in it is obeyed. Comes before any use of a
    /// [RunDir].
    public Path ensureRuntime() {
        return RunDir.ensurePrivate(runtime);
    }
}
