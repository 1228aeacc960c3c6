package keystone.agent.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import keystone.agent.model.UserError;

/// The one ssh connection to the guest that all others share: an `exec` then costs a channel and
/// not a handshake.
///
/// @param address where it listens, and leads
record SshMaster(GuestAddress address) implements KeptConnection.Kind {
    /// Connects, trying again what may pass until the limit.
    ///
    /// @throws UserError naming what answered instead, or that nothing did
    static KeptConnection open(GuestAddress address, Duration limit) throws InterruptedException {
        SshConfig.write(address);
        return KeptConnection.open(new SshMaster(address), limit);
    }

    @Override
    public String title() {
        return "ssh master of " + address.name();
    }

    @Override
    public MasterConnection start() {
        removeStaleSocket();
        return MasterConnection.start(SshCommand.master(address));
    }

    /// A master that was killed leaves its socket, and the next one would not listen beside it.
    private void removeStaleSocket() {
        try {
            Files.deleteIfExists(address.masterSocket());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + address.masterSocket(), e);
        }
    }

    @Override
    public UserError explain(SshFailure failure) {
        return failure.toError(address.name(), address.port());
    }
}
