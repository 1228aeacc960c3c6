package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;

/// What one sandbox's shares need running on this host: started before the machine, and closed
/// after it. Thread-safe.
public sealed interface ShareService extends Owned.Ending permits NothingRuns, VirtiofsService {
    /// What a service tells; called on threads of its own.
    interface Listener {
        /// One of its processes has just been started.
        ///
        /// @param session which that process leads, and which all that it starts are born into
        void began(long session);

        /// One of its processes has ended though nobody closed the service. That is also what it
        /// does when its machine has gone.
        ///
        /// @param status its exit status, 128 + the signal's number when it was killed
        /// @param how a sentence without a full stop
        void ended(int status, String how);
    }

    /// The driver in use, never `AUTO` or `CLONE`.
    ShareDriver driver();

    /// Why that one; a sentence without a full stop.
    String reason();

    /// The sockets on which the shares are served, by tag; empty when the machine needs nobody to
    /// serve them.
    Map<String, Path> sockets();

    /// Looks whether it still does what it was started for.
    ///
    /// @throws UserError when one of its processes has ended
    void requireServing();
}
