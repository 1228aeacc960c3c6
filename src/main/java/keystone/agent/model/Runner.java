package keystone.agent.model;

import java.nio.file.Path;

/// A program that becomes a virtual machine monitor with kernel, initial RAM disk, memory and
/// processors of its own choosing. What only we know of a machine is added to its command line.
///
/// @param program in the store
/// @param store the directory that holds whatever the program names; read-only for it
public record Runner(Path program, Path store) implements Bootable {
    /// The variable whose words it adds to the monitor's command line.
    public static final String ARGUMENTS = "KEYSTONE_AGENT_QEMU_ARGS";

    public Runner {
        if (!program.startsWith(store)) {
            throw new IllegalArgumentException(program + " is not in the store " + store);
        }
    }
}
