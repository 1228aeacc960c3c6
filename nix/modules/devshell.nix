# For numtide's devshell: the programs, and their lines in its menu.
ours:
{ config, lib, pkgs, ... }:
let
  cfg = config.keystone-agent;
  command = name: help: { inherit name help; category = "sandbox"; package = cfg.package; };
in
{
  options.keystone-agent = import ./options.nix { inherit lib; package = ours pkgs; };

  config = lib.mkIf cfg.enable {
    commands = [
      (command "ka" "sandboxes for AI coding agents")
      (command "in-sandbox" "run a command in the sandbox of this project")
      (command "sandbox" "go into the sandbox of this project")
    ];
    devshell.interactive.keystone-agent.text = ". ${cfg.package}/share/keystone-agent/hook.bash";
  };
}
