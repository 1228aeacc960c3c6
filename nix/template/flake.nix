{
  # `nix registry add keystone-agent URL` says where it is; or write its URL here.
  inputs.keystone-agent.url = "flake:keystone-agent";
  inputs.nixpkgs.follows = "keystone-agent/nixpkgs";

  outputs = { keystone-agent, nixpkgs, ... }:
    let pkgs = nixpkgs.legacyPackages.x86_64-linux;
    in {
      devShells.x86_64-linux.default = keystone-agent.lib.mkAgentShell {
        inherit pkgs;
        # What the project builds with; guests have it, too.
        packages = [ ];
      };
    };
}
