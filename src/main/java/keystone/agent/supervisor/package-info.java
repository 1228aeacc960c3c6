/// The process that owns one sandbox, and the socket on which it answers.
///
/// A supervisor holds the sandbox's lock for life and is the parent of everything that belongs to
/// the sandbox. Start reading at [keystone.agent.supervisor.Supervisor];
/// [keystone.agent.supervisor.SupervisorClient] is the other end of its control socket. May use
/// every part and the ground.
@NullMarked
package keystone.agent.supervisor;

import org.jspecify.annotations.NullMarked;
