package keystone.agent.guest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import keystone.agent.model.SandboxName;

/// Where a guest answers on this host, and the files through which ssh finds it.
///
/// @param port on 127.0.0.1
/// @param config where the ssh config is written, for `ssh -F`
/// @param masterSocket where the shared connection listens; a Unix socket's path holds 107 bytes
/// (unix(7)), of which ssh needs 17 for a temporary name
/// @param cipher what connections ask for first
public record GuestAddress(
        SandboxName name,
        int port,
        SshKeys keys,
        Path config,
        Path masterSocket,
        SshCipher cipher) {
    /// The one user of every guest.
    public static final String USER = "sandbox";

    private static final int LONGEST_SOCKET = 90;

    public GuestAddress {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        if (masterSocket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            throw new IllegalArgumentException("too long for a socket: " + masterSocket);
        }
    }

    /// What ssh calls a sandbox's guest: `ssh -F CONFIG ks-NAME`, a connection of its own each
    /// time.
    public static String alias(SandboxName name) {
        return "ks-" + name;
    }

    /// The same guest over the supervisor's connection. Not for a terminal: ssh writes to terminals
    /// without looking whether they take it, so one that is paused would stall every session of
    /// the shared connection.
    static String sharedAlias(SandboxName name) {
        // No sandbox's name has a dot.
        return alias(name) + ".shared";
    }
}
