/// NixOS guests: the flake that one is built from, and the build, by the nix of this host.
///
/// [keystone.agent.nixos.NixImages] is the door. May use `model`, `process`.
@NullMarked
package keystone.agent.nixos;

import org.jspecify.annotations.NullMarked;
