/// The user's own set-up of their agents, as far as a guest gets a copy: skills, commands, memory
/// and settings, by a list of what may go; never what could be a credential.
///
/// [keystone.agent.outfit.Outfit] is the door. May use `model`, `process`, `json`.
@NullMarked
package keystone.agent.outfit;

import org.jspecify.annotations.NullMarked;
