# For NixOS: the programs for every user, and the prompt.
ours:
{ config, lib, pkgs, ... }:
let
  cfg = config.programs.keystone-agent;
  share = "${cfg.package}/share/keystone-agent";
in
{
  options.programs.keystone-agent = {
    enable = lib.mkEnableOption "keystone-agent";
    package = lib.mkOption {
      type = lib.types.package;
      default = ours pkgs;
      description = "The keystone-agent to use.";
    };
    prompt = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether the prompts of bash, zsh and fish name the running sandbox.";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    programs.bash.interactiveShellInit = lib.mkIf cfg.prompt ". ${share}/hook.bash";
    programs.zsh.interactiveShellInit = lib.mkIf cfg.prompt ". ${share}/hook.zsh";
    programs.fish.interactiveShellInit = lib.mkIf cfg.prompt "source ${share}/hook.fish";
  };
}
