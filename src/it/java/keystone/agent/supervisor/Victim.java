package keystone.agent.supervisor;

import java.util.Locale;

/// What breaks.
enum Victim {
    /// `kill -9` of the command that a person typed.
    COMMAND,
    /// `kill -9` of the supervisor.
    SUPERVISOR,
    /// `kill -9` of QEMU.
    MACHINE,
    /// `kill -9` of the virtiofsd that serves the project.
    SHARE,
    /// No byte can be written any more where sandboxes are kept, until the command has ended.
    DISK;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
