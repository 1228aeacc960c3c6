# mkAgentShell { pkgs; … }: what pkgs.mkShell makes, with keystone-agent and its helpers in its PATH.
ours:
{ pkgs, package ? ours pkgs, packages ? [ ], shellHook ? "", ... }@arguments:
pkgs.mkShell (builtins.removeAttrs arguments [ "pkgs" "package" ] // {
  packages = packages ++ [ package ];
  # Only where somebody types: direnv and guests run this, too.
  shellHook = ''
    case $- in
        *i*) . ${package}/share/keystone-agent/hook.bash ;;
    esac
  '' + shellHook;
})
