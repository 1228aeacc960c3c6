/// Child processes that end with their owner, and what the kernel tells about any process.
///
/// A child is described by a [keystone.agent.process.Command] and lives as an
/// [keystone.agent.process.OwnedProcess]; what has an end is put on an
/// [keystone.agent.process.Owned] stack. May use `model`.
@NullMarked
package keystone.agent.process;

import org.jspecify.annotations.NullMarked;
