# Of nixpkgs' lib what the flake uses. Types of options are not looked at: what is set is merged by what it is.
let
  isAttrs = builtins.isAttrs;
  # Definitions in their order: sets are merged, lists joined, strings put on lines; else the last one holds.
  merge = a: b:
    if isAttrs a && isAttrs b && !(a ? outPath) then
      a // builtins.mapAttrs (name: value: if a ? ${name} then merge a.${name} value else value) b
    else if builtins.isList a && builtins.isList b then a ++ b
    else if builtins.isString a && builtins.isString b then a + "\n" + b
    else b;
  # Without what a condition leaves out.
  held = value:
    if isAttrs value && value._type or "" == "if" then (if value.condition then held value.content else { })
    else if isAttrs value && !(value ? outPath) then
      builtins.mapAttrs (_: held)
        (removeAttrs value (builtins.filter
          (name: isAttrs value.${name} && value.${name}._type or "" == "if" && !value.${name}.condition)
          (builtins.attrNames value)))
    else value;
  # What a module sets at this path: nothing, or one value. A condition is looked at only where there is something to
  # hold back, so that it can speak of other options.
  at = path: value:
    if isAttrs value && value._type or "" == "if" then
      let inner = at path value.content; in
      if inner == [ ] then [ ] else if value.condition then inner else [ ]
    else if path == [ ] then [ (held value) ]
    else if isAttrs value && value ? ${builtins.head path} then at (builtins.tail path) value.${builtins.head path}
    else [ ];
in
rec {
  genAttrs = names: of: builtins.listToAttrs (map (name: { inherit name; value = of name; }) names);
  warnIf = condition: message: value: if condition then builtins.trace message value else value;
  optionalAttrs = condition: set: if condition then set else { };
  makeBinPath = packages: builtins.concatStringsSep ":" (map (package: "${package}/bin") packages);
  licenses = {
    asl20 = "Apache-2.0";
    lgpl3Only = "LGPL-3.0-only";
    mit = "MIT";
  };
  fileset = {
    # All of them, as one: here the checkout has nothing else.
    toSource = { root, fileset }: assert builtins.all builtins.pathExists fileset; root;
    unions = files: files;
  };

  mkOption = option: option // { _type = "option"; };
  mkEnableOption = what: mkOption { default = false; description = "Whether to enable ${what}."; };
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  types = {
    bool = "bool";
    lines = "lines";
    listOf = of: "listOf ${of}";
    package = "package";
    anything = "anything";
    attrsOf = of: "attrsOf ${of}";
  };
  evalModules = { modules }:
    let
      given = builtins.foldl' (all: module: merge all (module.config._module.args or { })) { }
        (builtins.filter isAttrs modules);
      arguments = { lib = import ./lib.nix; inherit config; } // given;
      all = map (module: if isAttrs module then module else module arguments) modules;
      options = builtins.foldl' (all: module: merge all (module.options or { })) { } all;
      set = module: module.config or (removeAttrs module [ "options" "_module" ]);
      value = path: option:
        let given = builtins.concatMap (module: at path (set module)) all; in
        if given == [ ] then option.default
        else builtins.foldl' merge (builtins.head given) (builtins.tail given);
      of = path: builtins.mapAttrs (name: option:
        (if option._type or "" == "option" then value else of) (path ++ [ name ]) option);
      config = of [ ] options;
    in
    { inherit config options; };
}
