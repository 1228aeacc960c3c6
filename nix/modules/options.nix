# The options that the modules for devshells have in common.
{ lib, package }:
{
  enable = lib.mkOption {
    type = lib.types.bool;
    default = true;
    description = "Whether the devshell has keystone-agent, `ka`, `in-sandbox` and `sandbox`.";
  };
  package = lib.mkOption {
    type = lib.types.package;
    default = package;
    description = "The keystone-agent to use.";
  };
}
