{
  description = "What stands for nixpkgs where there is no network";

  outputs = { self }: {
    lib = import ./lib.nix;
    legacyPackages.x86_64-linux = import ./packages.nix;
  };
}
