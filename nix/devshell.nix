# For work on keystone-agent itself.
pkgs:
pkgs.mkShell {
  packages = with pkgs; [
    bubblewrap
    direnv
    fish
    gnumake
    jdk25_headless
    maven
    mmdebstrap
    qemu_kvm
    shellcheck
    squashfsTools
    zsh
  ];
  JAVA_HOME = pkgs.jdk25_headless.home;
}
