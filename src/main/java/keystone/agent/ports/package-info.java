/// What listens in a guest, on this host's loopback: which numbers it gets here, and the
/// connections there. How a port of the guest is reached is somebody else's matter, a
/// [keystone.agent.ports.Way].
///
/// May use `model` and `process`. Start reading at [keystone.agent.ports.Publisher].
@NullMarked
package keystone.agent.ports;

import org.jspecify.annotations.NullMarked;
