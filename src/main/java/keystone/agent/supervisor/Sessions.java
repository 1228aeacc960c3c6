package keystone.agent.supervisor;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import keystone.agent.guest.SessionToken;
import keystone.agent.jsonrpc.Peer;

/// The sessions that `exec` has open over the connection of the supervisor. Those with a terminal,
/// `ssh` and `attach` become an ssh of their own, of which nobody tells us.
///
/// A session lasts as long as its command's connection, so a command that was killed ends its
/// session too, and what it started in the guest is ended. A command that ended by itself says so
/// first: what it left running in the background goes on.
final class Sessions {
    private final Set<SessionToken> open = ConcurrentHashMap.newKeySet();
    private final Consumer<SessionToken> endInGuest;

    /// @param endInGuest ends whatever of a session still runs in the guest, given the session's
    /// token
    Sessions(Consumer<SessionToken> endInGuest) {
        this.endInGuest = endInGuest;
    }

    void open(Peer by, SessionToken token) {
        open.add(token);
        by.onEnd(() -> close(token));
    }

    /// Its command has ended by itself.
    void done(SessionToken token) {
        open.remove(token);
    }

    private void close(SessionToken token) {
        if (open.remove(token)) {
            Thread.ofVirtual().name("ending a session").start(() -> endInGuest.accept(token));
        }
    }

    int count() {
        return open.size();
    }
}
