# The program, from source and, once one is released, from the archive that `make dist` makes.
{ pkgs, commit }:
let
  inherit (pkgs) lib;
  # Written by scripts/update-nix.
  hashes = builtins.fromJSON (builtins.readFile ./hashes.json);
  settle = import ./settle.nix pkgs;
  meta = {
    description = "MicroVM sandboxes for AI coding agents";
    # Of the program, of night-config and of Bouncy Castle.
    license = with lib.licenses; [
      asl20
      lgpl3Only
      mit
    ];
    mainProgram = "keystone-agent";
    platforms = [ "x86_64-linux" ];
  };
in
{
  keystone-agent = pkgs.maven.buildMavenPackage {
    pname = "keystone-agent";
    # The first one of the file is the project's own.
    version = builtins.elemAt (builtins.split "</?version>" (builtins.readFile ../pom.xml)) 2;
    src = lib.fileset.toSource {
      root = ../.;
      fileset = lib.fileset.unions [
        ../.mvn
        ../bin
        ../packaging
        ../pom.xml
        ../scripts
        ../src/main
      ];
    };
    mvnJdk = pkgs.jdk25_headless;
    # Not an error: much of the flake can be looked at without building.
    mvnHash = lib.warnIf (hashes.maven == "")
      "keystone-agent: a build fails until scripts/update-nix has written nix/hashes.json" hashes.maven;
    mvnParameters = "-Dmaven.test.skip=true -Dbuild.commit=${commit}";
    doCheck = false;
    installPhase = ''
      runHook preInstall
      export HOME=$TMPDIR
      sh scripts/install $out
      ${settle}
      runHook postInstall
    '';
    inherit meta;
  };
}
  // lib.optionalAttrs (hashes.archive.hash != "") {
  keystone-agent-bin = pkgs.stdenv.mkDerivation {
    pname = "keystone-agent-bin";
    inherit (hashes.archive) version;
    src = pkgs.fetchurl { inherit (hashes.archive) url hash; };
    installPhase = ''
      runHook preInstall
      mkdir -p $out
      cp -R bin lib share $out
      # It expects a system's own loader and libraries, which NixOS does not have.
      rm -r $out/lib/keystone-agent/runtime
      ${settle}
      runHook postInstall
    '';
    inherit meta;
  };
}
