package keystone.agent.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import keystone.agent.model.HostChange;

/// Changes as the program in the guest reads them: the number of bytes that follow, in four bytes,
/// then a record for each, which ends with a zero byte.
final class NudgeBytes {
    private NudgeBytes() {}

    static byte[] of(List<HostChange> changes) {
        var records = new ByteArrayOutputStream();
        for (HostChange change : changes) {
            records.writeBytes(record(change).getBytes(StandardCharsets.ISO_8859_1));
            records.write(0);
        }
        return ByteBuffer.allocate(Integer.BYTES + records.size())
                .putInt(records.size())
                .put(records.toByteArray())
                .array();
    }

    private static String record(HostChange change) {
        return switch (change) {
            case HostChange.Content(String path, long modified) -> "C" + modified + " " + path;
            case HostChange.Entry(String path, long modified) -> "E" + modified + " " + path;
            case HostChange.Gone(String path) -> "G" + path;
            case HostChange.Directory(String path) -> "D" + path;
            case HostChange.Everything() -> "A";
        };
    }
}
