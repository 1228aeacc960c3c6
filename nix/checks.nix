# What `nix flake check` builds, beyond evaluating all there is.
{ self, pkgs, lib }:
let
  system = pkgs.stdenv.hostPlatform.system;
  package = self.packages.${system}.default;
  list = lib.mkOption { type = lib.types.listOf lib.types.anything; default = [ ]; };
  lines = lib.mkOption { type = lib.types.lines; default = ""; };
  set = lib.mkOption { type = lib.types.attrsOf lib.types.anything; default = { }; };
  # A module, with the options of its host that it sets.
  evaluated = module: options: settings: (lib.evalModules {
    modules = [ { inherit options; config._module.args = { inherit pkgs; }; } module settings ];
  }).config;
  devshell = evaluated self.devshellModules.default { commands = list; devshell.interactive = set; };
  devenv = evaluated self.devenvModules.default { packages = list; enterShell = lines; };
  home = evaluated self.homeModules.default {
    home.packages = list;
    xdg.configFile = set;
    programs.bash.initExtra = lines;
    programs.zsh.initContent = lines;
    programs.fish.interactiveShellInit = lines;
    programs.starship.settings = set;
  };
  nixos = evaluated self.nixosModules.default {
    environment.systemPackages = list;
    programs.bash.interactiveShellInit = lines;
    programs.zsh.interactiveShellInit = lines;
    programs.fish.interactiveShellInit = lines;
  };
  on = { programs.keystone-agent.enable = true; };
  holds = {
    devshell = map (each: each.name) (devshell { }).commands == [ "ka" "in-sandbox" "sandbox" ];
    devshell-off = (devshell { keystone-agent.enable = false; }).commands == [ ];
    devenv = (devenv { }).packages == [ package ];
    home = (home on).home.packages == [ package ];
    home-direnv = (home on).xdg.configFile ? "direnv/lib/keystone-agent.sh";
    home-no-settings = !((home on).xdg.configFile ? "keystone/agent.toml");
    home-off = (home { }).home.packages == [ ];
    nixos = (nixos on).environment.systemPackages == [ package ];
    nixos-no-prompt = (nixos on).programs.bash.interactiveShellInit == "";
    nixos-off = (nixos { }).environment.systemPackages == [ ];
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
