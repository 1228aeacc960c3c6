# What makes of an installed tree one that lives in a Nix store; a script for the end of `installPhase`.
pkgs:
let
  java = "${pkgs.jdk25_headless.home}/bin/java";
  # Not newuidmap, which is setuid and comes from the system.
  path = pkgs.lib.makeBinPath (with pkgs; [
    bubblewrap
    coreutils
    e2fsprogs
    git
    mmdebstrap
    openssh
    procps
    qemu_kvm
    squashfsTools
    virtiofsd
    xz
    zstd
  ]);
in
''
  app=$out/lib/keystone-agent
  echo '${pkgs.jdk25_headless.home}' >$app/java-home
  rm -f $app/*.aot

  # NixOS has no programs where `command -p` looks, and a store has no times. What the programs need comes last in
  # PATH: the user's own git and ssh stay the ones that are used.
  for each in keystone-agent in-sandbox sandbox; do
    sed -i 's|command -p readlink|${pkgs.coreutils}/bin/readlink|' $out/bin/$each
    grep -q -e '${pkgs.coreutils}/bin/readlink' $out/bin/$each
  done
  sed -i -e 's|^set -eu$|&\nPATH="''${PATH:+$PATH:}${path}"\nexport PATH|' \
    -e 's|\[ "$classes" -nt "$app/keystone-agent.jar" \]|[ -r "$classes" ]|' \
    $out/bin/keystone-agent
  grep -q -F '[ -r "$classes" ]' $out/bin/keystone-agent
  grep -q -F '${path}' $out/bin/keystone-agent

  # The caches of loaded classes hold the jars' times, so they are made with those that these will have.
  find $app -exec touch -h -d @1 {} +
  training=$(mktemp -d)
  if ! ${java} --enable-native-access=ALL-UNNAMED -Dkeystone.agent.launcher=$out/bin/keystone-agent \
    -cp $app/keystone-agent.jar keystone.agent.CacheTraining $training/work $app >$training/log 2>&1; then
    echo 'commands start slower than they could: there are no caches of loaded classes'
    cat $training/log
    rm -f $app/*.aot
  fi
  rm -rf $training
''
