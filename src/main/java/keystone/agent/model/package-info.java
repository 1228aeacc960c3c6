/// The shared words: immutable values that every room speaks, and nothing that touches the outside
/// world.
///
/// A value is validated once, in its constructor; whoever holds one may trust it. Start reading at
/// [keystone.agent.model.SandboxSpec] (what a person asked for) and
/// [keystone.agent.model.SandboxState] (what is observed).
@NullMarked
package keystone.agent.model;

import org.jspecify.annotations.NullMarked;
