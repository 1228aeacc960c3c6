# For flake-parts: `config.keystone-agent.devShell`, to be named in a devshell's `inputsFrom`.
self:
{ flake-parts-lib, lib, ... }:
{
  options.perSystem = flake-parts-lib.mkPerSystemOption ({ config, pkgs, system, ... }: {
    options.keystone-agent = {
      package = lib.mkOption {
        type = lib.types.package;
        default = self.packages.${system}.default;
        description = "The keystone-agent to use.";
      };
      devShell = lib.mkOption {
        type = lib.types.package;
        readOnly = true;
        default = self.lib.mkAgentShell {
          inherit pkgs;
          inherit (config.keystone-agent) package;
        };
        description = "A shell with keystone-agent and its helpers.";
      };
    };
  });
}
