package keystone.agent.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.process.Command;

/// Runs programs as root of namespaces of their own: what they mount and start ends with them, they
/// have no network, and unless we are root, their root is nobody on the host (user_namespaces(7)).
final class Namespaces {
    private final boolean weAreRoot;

    Namespaces(boolean weAreRoot) {
        this.weAreRoot = weAreRoot;
    }

    boolean needsUserMapping() {
        return !weAreRoot;
    }

    /// @param arguments a program and its arguments
    Command command(Path directory, List<String> arguments) {
        var all = new ArrayList<>(List.of("unshare"));
        if (!weAreRoot) {
            // Root inside is us outside; the other ids are those of /etc/subuid and /etc/subgid.
            all.addAll(List.of("--map-root-user", "--map-auto"));
        }
        all.addAll(List.of("--mount", "--ipc", "--net", "--uts"));
        all.addAll(List.of("--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--"));
        all.addAll(arguments);
        return Command.of(all).in(directory).withEnvironment("LC_ALL", "C.UTF-8");
    }
}
