package keystone.agent.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.process.WholeFile;
import keystone.agent.process.WholeFile.Durability;
import keystone.agent.process.WholeFile.Writers;

/// The text of the file for `ssh -F`: nothing of the user's or the system's ssh config is read
/// beside it (ssh_config(5)).
final class SshConfig {
    /// The key exchange is what is fastest for an emulated guest; the connection never leaves this
    /// host. A guest may be paused for five minutes before its sessions are given up.
    private static final String ALWAYS =
            """
                HostName 127.0.0.1
                AddressFamily inet
                GlobalKnownHostsFile /dev/null
                StrictHostKeyChecking yes
                HostKeyAlgorithms ssh-ed25519
                UpdateHostKeys no
                CheckHostIP no
                VerifyHostKeyDNS no
                IdentitiesOnly yes
                IdentityAgent none
                AddKeysToAgent no
                PreferredAuthentications publickey
                PubkeyAuthentication yes
                PasswordAuthentication no
                BatchMode yes
                ForwardAgent no
                ForwardX11 no
                PermitLocalCommand no
                KexAlgorithms ^curve25519-sha256
                ConnectTimeout 15
                ServerAliveInterval 30
                ServerAliveCountMax 10
                ControlMaster no
                SendEnv KEYSTONE_EXEC KEYSTONE_ENV COLORTERM
                LogLevel ERROR
            """;

    private SshConfig() {}

    static String text(GuestAddress address) {
        String alias = GuestAddress.alias(address.name());
        String shared = GuestAddress.sharedAlias(address.name());
        return """
               # Made anew at every start of the sandbox %s.
               Host %s %s
                   Port %d
                   User %s
                   HostKeyAlias %s
                   UserKnownHostsFile %s
                   IdentityFile %s
                   Ciphers ^%s
               """
                        .formatted(
                                address.name(),
                                alias,
                                shared,
                                address.port(),
                                GuestAddress.USER,
                                alias,
                                quoted(address.keys().knownHostsFile()),
                                quoted(address.keys().userKeyFile()),
                                address.cipher().word())
                + ALWAYS
                + "Host "
                + shared
                + "\n    ControlPath "
                + quoted(address.masterSocket())
                + "\n";
    }

    /// A path as one argument: quotes and backslashes for the config's own reader, and `%`, which
    /// would begin a token.
    static String quoted(Path path) {
        String text = path.toString();
        // A line of the config cannot go on in the next, and nothing stops ssh from expanding ${…}.
        if (text.contains("${") || text.codePoints().anyMatch(Character::isISOControl)) {
            throw UserError.failed(
                    "ssh cannot use the path `" + Printable.of(text) + "`",
                    "set KEYSTONE_AGENT_HOME to a directory without control characters and `${`");
        }
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + "\"";
    }

    /// Whole or not at all: commands may read it at any moment.
    static void write(GuestAddress address) {
        Path file = address.config();
        try {
            WholeFile.replace(file, text(address), Writers.ONE, Durability.UNFLUSHED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
