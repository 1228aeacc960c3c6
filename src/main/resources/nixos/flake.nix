{
  description = "The guest of one sandbox, written by keystone-agent";

  inputs.nixpkgs.url = "@nixpkgs@";
  inputs.microvm.url = "@microvm@";
  inputs.microvm.inputs.nixpkgs.follows = "nixpkgs";

  outputs = { self, nixpkgs, microvm }:
    let
      system = "x86_64-linux";
      guest = nixpkgs.lib.nixosSystem {
        inherit system;
        specialArgs = { keystone = import ./sandbox.nix; };
        modules = [ microvm.nixosModules.microvm ./guest.nix@modules@ ];
      };
    in {
      packages.${system}.default = guest.config.microvm.declaredRunner;
    };
}
