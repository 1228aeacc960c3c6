package keystone.agent.supervisor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// Named moments in the life of a sandbox, or of a build of its image, at which a test may hold
/// this process still.
///
/// `KEYSTONE_AGENT_HOLD_AT=<name>:<socket>` makes the process connect to that Unix socket when it
/// reaches the moment, write `<name> <pid>` and a line feed, and go on when the other side closes.
/// Crash tests kill processes exactly there, reached by event and not by luck. Without the variable
/// a checkpoint is one comparison.
public record Checkpoint(String name, Path socket) {
    private static final String VARIABLE = "KEYSTONE_AGENT_HOLD_AT";
    private static final Checkpoint NOWHERE = new Checkpoint("", Path.of("/dev/null"));

    public static Checkpoint from(Map<String, String> environment) {
        String value = environment.get(VARIABLE);
        // Moments have colons of their own; the socket's path is absolute.
        int colon = value == null ? -1 : value.indexOf(":/");
        if (value == null || colon < 0) {
            return NOWHERE;
        }
        return new Checkpoint(value.substring(0, colon), Path.of(value.substring(colon + 1)));
    }

    /// Marks the moment `here`.
    public void reached(String here) {
        if (!here.equals(name)) {
            return;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            String line = here + " " + ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            channel.read(ByteBuffer.allocate(1));
        } catch (IOException nobodyHolds) {
            // The test has gone; the process goes on.
        }
    }
}
