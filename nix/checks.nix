# What `nix flake check` builds, beyond evaluating all there is.
{ self, pkgs, lib }:
let
  system = pkgs.stdenv.hostPlatform.system;
  package = self.packages.${system}.default;
  # A module among options that take anything, as its host has options of its own.
  evaluated = module: settings: (lib.evalModules {
    modules = [
      { freeformType = lib.types.attrsOf lib.types.anything; _module.args.pkgs = pkgs; }
      module
      settings
    ];
  }).config;
  on = { programs.keystone-agent.enable = true; };
  holds = {
    devshell = builtins.length (evaluated self.devshellModules.default { }).commands == 3;
    devshell-off = !((evaluated self.devshellModules.default { keystone-agent.enable = false; }) ? commands);
    devenv = (evaluated self.devenvModules.default { }).packages == [ package ];
    home = (evaluated self.homeModules.default on).home.packages == [ package ];
    home-off = !((evaluated self.homeModules.default { }) ? home);
    nixos = (evaluated self.nixosModules.default on).environment.systemPackages == [ package ];
    nixos-off = !((evaluated self.nixosModules.default { }) ? environment);
  };
  broken = builtins.filter (name: !holds.${name}) (builtins.attrNames holds);
in
{
  modules =
    if broken == [ ] then pkgs.runCommand "modules" { } "touch $out"
    else throw "these modules do not do what they say: ${toString broken}";

  programs = pkgs.runCommand "programs" { } ''
    for each in keystone-agent ka keystone in-sandbox sandbox; do
      test -x ${package}/bin/$each || { echo "there is no $each"; exit 1; }
    done
    HOME=$TMPDIR ${package}/bin/ka version | grep '^keystone-agent '
    touch $out
  '';

  shell = self.lib.mkAgentShell { inherit pkgs; };
}
