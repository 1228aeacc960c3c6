/// The user's own ssh, editors and mounts, against real guests: what `ssh-config`, `open` and
/// `mount` promise, with the programs that people use.
@NullMarked
package keystone.agent.editors;

import org.jspecify.annotations.NullMarked;
