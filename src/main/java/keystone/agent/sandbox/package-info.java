/// The use cases: what a person can do with sandboxes, and in what order it happens.
///
/// [keystone.agent.sandbox.Sandboxes] starts, stops, lists and removes;
/// [keystone.agent.sandbox.Sessions] is for what happens inside a running one;
/// [keystone.agent.sandbox.SandboxImages] for images; [keystone.agent.sandbox.Doctor] for the host.
/// May use every room below; knows nothing of flags and terminals.
@NullMarked
package keystone.agent.sandbox;

import org.jspecify.annotations.NullMarked;
