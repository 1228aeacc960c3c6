package keystone.agent.guest;

import java.nio.file.Path;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;

/// The command lines of ssh. Nothing secret is ever in one: every user of the host can read it.
final class SshCommand {
    private SshCommand() {}

    /// Runs a command of the guest's shell over the shared connection, or over one of its own while
    /// that is down.
    static Command shared(Path config, SandboxName name, String remote) {
        return Command.of("ssh", "-F", config.toString(), "-T", "--")
                .with(GuestAddress.sharedAlias(name), remote);
    }

    /// Becomes the shared connection. It prints one line once its socket takes sessions: ssh runs
    /// the local command right after that.
    static Command master(GuestAddress address) {
        return Command.of("ssh", "-F", address.config().toString(), "-M", "-N", "-T")
                .with("-o", "ControlPersist=no")
                .with("-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo connected")
                .with("--", GuestAddress.sharedAlias(address.name()))
                // The local command runs under this, and the user's may be no shell at all.
                .withEnvironment("SHELL", "/bin/sh");
    }

    /// Carries what connects to a port of the guest's loopback to a Unix socket of this host, over
    /// a connection of its own. It prints one line once the guest listens: the command that does so
    /// is taken up after the forward (RFC 4254: requests are answered in their order), and ssh ends
    /// when the forward fails. From then on it speaks for the guest's [Redirector].
    static Command forward(Path config, SandboxName name, int port, Path socket) {
        String from = "127.0.0.1:" + port;
        return Command.of("ssh", "-F", config.toString(), "-T", "-o", "ExitOnForwardFailure=yes")
                .with("-R", from + ":" + plain(socket))
                .with("--", GuestAddress.alias(name), "echo forwarding; " + Redirector.COMMAND)
                .withEnvironment(SessionToken.VARIABLE, GuestWatchers.TOKEN);
    }

    /// Runs a command of the guest's shell over a connection of its own, which also carries what is
    /// asked of `control` later.
    static Command ports(Path config, SandboxName name, Path control, String remote) {
        return Command.of("ssh", "-F", config.toString(), "-M", "-S", plain(control), "-T")
                .with("-o", "ControlPersist=no", "-o", "StreamLocalBindUnlink=yes")
                .with("--", GuestAddress.alias(name), remote)
                .withEnvironment(SessionToken.VARIABLE, GuestWatchers.TOKEN);
    }

    /// Asks that connection to carry what connects to a socket of this host to a port of the guest.
    /// The socket is there once this has ended.
    static Command forward(
            Path config, SandboxName name, Path control, Path from, int port, String address) {
        return asking("forward", config, name, control, from, port, address);
    }

    /// Takes that back.
    static Command endForward(
            Path config, SandboxName name, Path control, Path from, int port, String address) {
        return asking("cancel", config, name, control, from, port, address);
    }

    private static Command asking(
            String what,
            Path config,
            SandboxName name,
            Path control,
            Path from,
            int port,
            String address) {
        String to = address.contains(":") ? "[" + address + "]" : address;
        return Command.of("ssh", "-F", config.toString(), "-S", plain(control), "-O", what)
                .with("-L", plain(from) + ":" + to + ":" + port)
                .with("--", GuestAddress.alias(name));
    }

    /// In a socket's path `%` begins a token.
    private static String plain(Path socket) {
        return socket.toString().replace("%", "%%");
    }

    /// Whether the shared connection lives.
    static Command check(Path config, SandboxName name) {
        return Command.of("ssh", "-F", config.toString(), "-O", "check", "--")
                .with(GuestAddress.sharedAlias(name));
    }
}
