package keystone.agent.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whose a process is, as the kernel knows it.
///
/// @param entry its directory in `/proc`
record ProcessOwner(Path entry) {
    private static final Path SELF = Path.of("/proc/self");

    /// Whether the program was executed with rights that whoever executed it did not have
    /// (getauxval(3)).
    private static final long AT_SECURE = 23;

    /// Whether it has our real user id, and did not get that by executing a program that changes it
    /// (setuid): such a one's environment is somebody else's.
    boolean isOurs() {
        try {
            return realUser(entry).equals(realUser(SELF)) && !gainedRights();
        } catch (IOException gone) {
            return false;
        }
    }

    /// The first of the ids on the line is the real one (proc(5), `status`).
    private static String realUser(Path process) throws IOException {
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("Uid:")) {
                return line.split("\\s+", 3)[1];
            }
        }
        throw new IOException("no user in " + process);
    }

    private boolean gainedRights() throws IOException {
        ByteBuffer pairs =
                ByteBuffer.wrap(Files.readAllBytes(entry.resolve("auxv")))
                        .order(ByteOrder.nativeOrder());
        while (pairs.remaining() >= 2 * Long.BYTES) {
            long key = pairs.getLong();
            long value = pairs.getLong();
            if (key == AT_SECURE) {
                return value != 0;
            }
        }
        // A process that is about to end has no such entry any more. It counts as privileged, which
        // is
        // safe: it is left alone, and ends by itself.
        return true;
    }
}
