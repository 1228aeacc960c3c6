# For home-manager: the programs, `agent.toml`, the prompt, and `use keystone_agent` for direnv.
ours:
{ config, lib, pkgs, ... }:
let
  cfg = config.programs.keystone-agent;
  share = "${cfg.package}/share/keystone-agent";
  format = pkgs.formats.toml { };
  integration = what: default: lib.mkOption {
    type = lib.types.bool;
    inherit default;
    description = "Whether ${what}.";
  };
in
{
  options.programs.keystone-agent = {
    enable = lib.mkEnableOption "keystone-agent";
    package = lib.mkOption {
      type = lib.types.package;
      default = ours pkgs;
      description = "The keystone-agent to use.";
    };
    settings = lib.mkOption {
      type = format.type;
      default = { };
      description = "The user's `agent.toml`.";
    };
    enableBashIntegration = integration "bash's prompt names the running sandbox" true;
    enableZshIntegration = integration "zsh's prompt names the running sandbox" true;
    enableFishIntegration = integration "fish's prompt names the running sandbox" true;
    enableStarshipIntegration = integration "starship names the running sandbox; instead of the others" false;
    enableDirenvIntegration = integration "direnv knows `use keystone_agent`" true;
  };

  config = lib.mkIf cfg.enable {
    home.packages = [ cfg.package ];
    xdg.configFile = {
      "keystone/agent.toml" = lib.mkIf (cfg.settings != { }) {
        source = format.generate "agent.toml" cfg.settings;
      };
      "direnv/lib/keystone-agent.sh" = lib.mkIf cfg.enableDirenvIntegration {
        source = "${share}/direnv.sh";
      };
    };
    programs.bash.initExtra = lib.mkIf cfg.enableBashIntegration ". ${share}/hook.bash";
    programs.zsh.initContent = lib.mkIf cfg.enableZshIntegration ". ${share}/hook.zsh";
    programs.fish.interactiveShellInit = lib.mkIf cfg.enableFishIntegration "source ${share}/hook.fish";
    programs.starship.settings = lib.mkIf cfg.enableStarshipIntegration
      (builtins.fromTOML (builtins.readFile ../../src/main/resources/shell/starship.toml));
  };
}
