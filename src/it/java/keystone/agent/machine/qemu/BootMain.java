package keystone.agent.machine.qemu;

import java.nio.file.Path;
import keystone.agent.machine.Machine;
import keystone.agent.process.HostUser;

/// A process of its own that boots a machine, says so, and waits to be killed; what a supervisor is
/// to QEMU.
///
/// Arguments: the machine's directory, the project. Prints `booting`, then the pid of QEMU and its
/// port, then `ready`.
final class BootMain {
    private BootMain() {}

    public static void main(String... arguments) throws Exception {
        var set =
                TestMachine.in(
                        Path.of(arguments[0]), Path.of(arguments[1]), HostUser.current().ids());
        var told = new Recorder();
        try (Machine machine = set.define()) {
            System.out.println("booting");
            machine.boot(told);
            System.out.println(machine.pid() + " " + machine.sshPort());
            told.awaitReady();
            System.out.println("ready");
            boolean _ = System.in.read() < 0;
        }
    }
}
