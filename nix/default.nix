# What the flake offers. Nothing here starts a sandbox when it is entered, nor ends one when it is left.
{ self, nixpkgs }:
let
  inherit (nixpkgs) lib;
  # What the guests and their images are made for.
  systems = [ "x86_64-linux" ];
  each = of: lib.genAttrs systems (system: of nixpkgs.legacyPackages.${system});
  packagesOf = pkgs: import ./packages.nix {
    inherit pkgs;
    commit = self.shortRev or "unknown";
  };
  ours = pkgs: self.packages.${pkgs.stdenv.hostPlatform.system}.default;
  programs = {
    keystone-agent = "sandboxes for AI coding agents";
    in-sandbox = "run a command in the sandbox of this project";
    sandbox = "go into the sandbox of this project";
  };
  appsOf = pkgs: builtins.mapAttrs
    (name: description: {
      type = "app";
      program = "${ours pkgs}/bin/${name}";
      meta = { inherit description; };
    })
    programs;
  both = module: { default = module; keystone-agent = module; };
in
{
  packages = each (pkgs: let all = packagesOf pkgs; in all // { default = all.keystone-agent; });
  apps = each (pkgs: appsOf pkgs // { default = (appsOf pkgs).keystone-agent; });
  overlays.default = final: prev: packagesOf final;

  lib.mkAgentShell = import ./mk-agent-shell.nix ours;

  devShells = each (pkgs: { default = import ./devshell.nix pkgs; });

  devshellModules = both (import ./modules/devshell.nix ours);
  devenvModules = both (import ./modules/devenv.nix ours);
  flakeModules = both (import ./modules/flake-parts.nix self);
  homeModules = both (import ./modules/home-manager.nix ours);
  nixosModules = both (import ./modules/nixos.nix ours);

  templates.default = {
    path = ./template;
    description = "A project whose devshell has keystone-agent";
  };

  checks = each (pkgs: import ./checks.nix { inherit self pkgs lib; });
}
