package keystone.agent.machine.qemu;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `info usernet` prints: the only place where QEMU tells which port the kernel chose.
///
/// ```
/// Hub -1 (net0):
///   Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
///   TCP[HOST_FORWARD]  13       127.0.0.1 43211       10.0.2.15    22     0     0
/// ```
final class UsernetTable {
    private static final Pattern FORWARD =
            Pattern.compile(
                    "(?m)^\\s*TCP\\[HOST_FORWARD]\\s+\\d+\\s+127\\.0\\.0\\.1\\s+(\\d{1,5})\\s+\\S+"
                            + "\\s+22\\s");

    private UsernetTable() {}

    /// The host's port that leads to the guest's port 22.
    static OptionalInt sshPort(String table) {
        Matcher forward = FORWARD.matcher(table);
        return forward.find()
                ? OptionalInt.of(Integer.parseInt(forward.group(1)))
                : OptionalInt.empty();
    }
}
