package keystone.agent.machine.qemu;

import java.time.Duration;
import java.util.List;
import keystone.agent.process.Enclosure.Place;

/// A guest that is booted only to be heard.
sealed interface ProbeGuest permits BootSector, SandboxKernel {
    /// Which paths QEMU sees.
    enum Paths {
        ENCLOSED,
        ON_HOST
    }

    /// Tells one kind of proof from another where verdicts are remembered.
    String name();

    /// What it writes to the serial port, and nothing but a guest that runs can.
    String line();

    /// How long it may take to say so on a busy host.
    Duration limit();

    /// The files it boots from.
    List<Place> places();

    /// QEMU's options for these files.
    List<String> arguments(Paths paths);
}
