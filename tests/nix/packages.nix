# Of nixpkgs' packages those that the flake names. The program is installed for real, from what the checkout has built.
let
  lib = import ./lib.nix;
  system = "x86_64-linux";
  # Written by the test: `app`, where the built program is, and `jdk`.
  host = builtins.fromJSON (builtins.readFile ./host.json);
  sh = name: environment: script: derivation (environment // {
    inherit name system;
    builder = "/bin/bash";
    PATH = "/usr/bin:/bin";
    # Ends with a word of the shell: nix kills a builder that has closed its output.
    args = [ "-euc" "runHook() { :; }\nTMPDIR=$PWD\n${script}\n:" ];
  });
  empty = name: sh name { } "mkdir -p $out/bin";
  coreutils = sh "coreutils" { } "mkdir -p $out/bin; ln -s /usr/bin/readlink $out/bin";
  jdk25_headless = empty "jdk" // { home = host.jdk; };
  stdenv = {
    hostPlatform.system = system;
    mkDerivation = { pname, version, src, installPhase, ... }:
      sh "${pname}-${version}" { inherit src; } "tar -xf $src --strip-components 1\n${installPhase}" // { inherit version; };
  };
in
{
  inherit lib coreutils jdk25_headless stdenv;
  maven = {
    # What Maven downloads is one file here, whose hash nix checks as it does the real one.
    buildMavenPackage = { pname, version, src, mvnHash, mvnParameters, installPhase, ... }:
      let
        fetched = sh "${pname}-${version}-maven-deps"
          { outputHashMode = "recursive"; outputHashAlgo = if mvnHash == "" then "sha256" else null; outputHash = mvnHash; }
          "mkdir $out; echo downloaded >$out/file";
      in
      sh "${pname}-${version}" { inherit src fetched; } ''
        cp -R $src/. .
        chmod -R u+w .
        mkdir target
        cp -R ${host.app} target/app
        ${installPhase}
      '' // { inherit version mvnParameters; };
  } // empty "maven";
  fetchurl = { url, hash }: sh (baseNameOf url)
    { outputHashMode = "flat"; outputHashAlgo = null; outputHash = hash; }
    "cp ${host.archive} $out";
  runCommand = name: environment: script: sh name environment script;
  # A shell that has its packages in a file, and runs its hook when that is sourced.
  mkShell = { packages ? [ ], shellHook ? "", ... }@arguments:
    sh "shell" (removeAttrs arguments [ "packages" ] // { inherit shellHook packages; passAsFile = [ "shellHook" ]; })
      "for each in $packages; do echo \"PATH=$each/bin:\\$PATH\"; done >$out; cat $shellHookPath >>$out";
  formats.toml = { }: {
    type = "toml";
    generate = name: value: sh name { text = builtins.toJSON value; passAsFile = [ "text" ]; } "cp $textPath $out";
  };
}
  // lib.genAttrs [
  "bubblewrap" "direnv" "e2fsprogs" "fish" "git" "gnumake" "mmdebstrap" "openssh" "procps" "qemu_kvm" "shellcheck"
  "squashfsTools" "virtiofsd" "xz" "zsh" "zstd"
]
  empty
