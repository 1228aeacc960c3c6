/// The project's devshell: what it is evaluated from, whether that was approved, and the
/// environment that nix or direnv makes of it on the host, once.
///
/// [keystone.agent.devshell.Devshells] is the door. May use `model`, `process`, `json`.
@NullMarked
package keystone.agent.devshell;

import org.jspecify.annotations.NullMarked;
