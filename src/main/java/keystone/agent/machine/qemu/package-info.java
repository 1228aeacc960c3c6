/// QEMU as the runner of machines: its command line, its monitor (QMP), its ways to fail.
///
/// Start reading at [keystone.agent.machine.qemu.QemuDriver]; one machine's life is
/// `QemuMachine`, every QEMU option is in `QemuCommandLine`. May use `machine`, `json`, `jsonrpc`,
/// `process` and `model`.
@NullMarked
package keystone.agent.machine.qemu;

import org.jspecify.annotations.NullMarked;
