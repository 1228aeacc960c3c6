package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.net.ExtendedSocketOptions;

/// Who is at the other end of a Unix socket, as the kernel knows it (`SO_PEERCRED`, unix(7)).
///
/// The directories that sockets lie in keep others out; this holds even where one of them does not.
final class SameUser {
    private SameUser() {}

    static boolean isAt(SocketChannel connected) throws IOException {
        var other = connected.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        return other.equals(Files.getOwner(Path.of("/proc/self/status")));
    }
}
