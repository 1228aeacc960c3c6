package keystone.agent.guest;

import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;

/// Carries what connects to a port of a guest's loopback to a Unix socket of this host, for as long
/// as this is open: when its connection dies, another one is made. The connection is its own, so
/// that nobody's sessions can starve it; with it lives the guest's [Redirector]. Thread-safe.
public final class GuestForward implements Owned.Ending {
    private final KeptConnection connection;

    private GuestForward(KeptConnection connection) {
        this.connection = connection;
    }

    /// Begins, and returns once the guest listens.
    ///
    /// @param config as in [GuestAddress]
    /// @param socket whose path has no colon
    /// @param listener to what the redirector says
    /// @throws UserError when that takes longer than the limit
    public static GuestForward open(
            SandboxName name,
            Path config,
            int port,
            Path socket,
            Redirector.Listener listener,
            Duration limit)
            throws InterruptedException {
        var kind = new ToSocket(name, config, port, socket, listener);
        return new GuestForward(KeptConnection.open(kind, limit));
    }

    private record ToSocket(
            SandboxName name, Path config, int port, Path socket, Redirector.Listener listener)
            implements KeptConnection.Kind {
        @Override
        public String title() {
            return "forward from " + name;
        }

        @Override
        public MasterConnection start() {
            return MasterConnection.start(
                    SshCommand.forward(config, name, port, socket), new Redirector(listener));
        }

        @Override
        public UserError explain(SshFailure failure) {
            return UserError.failed(
                    "port %d of the guest of `%s` cannot be forwarded: %s"
                            .formatted(port, name, failure.words()),
                    "keystone-agent restart " + name);
        }
    }

    /// Whether the guest can reach the socket at the moment, as far as is known.
    public boolean isUp() {
        return connection.isUp();
    }

    @Override
    public void close() {
        connection.close();
    }
}
