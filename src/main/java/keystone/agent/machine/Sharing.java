package keystone.agent.machine;

import java.nio.file.Path;
import java.util.Map;

/// How a machine's shares reach its guest.
public sealed interface Sharing {
    /// What the guest sees of owners, modes and kinds of files.
    enum Modes {
        /// The host's.
        TRUE,
        /// What the guest has set, kept in attributes of the host's files.
        RECORDED
    }

    /// The machine itself serves them, over 9p.
    record NineP(Modes modes) implements Sharing {}

    /// A process for each serves it on a socket, and must see the guest's memory for that
    /// (vhost-user).
    ///
    /// @param byTag Unix sockets that somebody listens on; only we and the machine's owner may have
    ///     come near them
    record Served(Map<String, Path> byTag) implements Sharing {
        public Served {
            byTag = Map.copyOf(byTag);
        }
    }
}
