# For devenv.
ours:
{ config, lib, pkgs, ... }:
let cfg = config.keystone-agent;
in
{
  options.keystone-agent = import ./options.nix { inherit lib; package = ours pkgs; };

  config = lib.mkIf cfg.enable {
    packages = [ cfg.package ];
    # Only where somebody types: direnv and guests run this, too.
    enterShell = ''
      case $- in
          *i*) . ${cfg.package}/share/keystone-agent/hook.bash ;;
      esac
    '';
  };
}
