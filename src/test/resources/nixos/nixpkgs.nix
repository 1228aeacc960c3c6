# What stands for nixpkgs where there is no network: enough of its module system for one guest. Where two modules say
# something of one option, lists are put together, and else the later one holds.
{
  outputs = { self }: {
    lib.nixosSystem = { system, specialArgs, modules }:
      let
        lib = { mkForce = value: value; mkDefault = value: value; };
        package = name: { inherit name; override = _: throw "the variant for microvm.nix"; };
        pkgs = builtins.listToAttrs (map (name: { inherit name; value = package name; }) [ "qemu_kvm" ]);
        merge = a: b:
          if builtins.isAttrs a && builtins.isAttrs b
          then a // builtins.mapAttrs (name: value: if a ? ${name} then merge a.${name} value else value) b
          else if builtins.isList a && builtins.isList b then a ++ b
          else b;
        definitions = module:
          let read = if builtins.isPath module then import module else module;
          in if builtins.isFunction read then read (specialArgs // { inherit lib pkgs config; }) else read;
        config = builtins.foldl' merge { } (map definitions modules);
      in { inherit config; };
  };
}
