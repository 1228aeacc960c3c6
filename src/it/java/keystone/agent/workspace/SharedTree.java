package keystone.agent.workspace;

import java.nio.file.Path;
import java.time.Duration;

/// The directory of one row, as both sides have it: the host by its path, the guest by the steps it
/// takes there.
///
/// @param host the directory's path on the host
/// @param inGuest the same directory's path in the guest
record SharedTree(GuestSteps steps, Path host, String inGuest, Duration limit) {
    /// Lets the guest take a step, waits for it, and returns what the guest measured.
    String guest(String step) {
        return steps.take(step, inGuest, limit);
    }

    /// Lets the guest begin a step, which goes on while the host does its part.
    GuestSteps.Pending guestBegins(String step) {
        return steps.begin(step, inGuest, limit);
    }

    Path host(String name) {
        return host.resolve(name);
    }
}
