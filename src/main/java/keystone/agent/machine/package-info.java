/// A virtual machine, whoever runs it.
///
/// A [keystone.agent.machine.MachineDriver] defines machines from a
/// [keystone.agent.machine.MachineSpec]; a [keystone.agent.machine.Machine] is one that can boot.
/// Knows
/// nothing of sandboxes, ssh or projects. May use `model` and `process`.
@NullMarked
package keystone.agent.machine;

import org.jspecify.annotations.NullMarked;
