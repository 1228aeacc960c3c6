# What makes a NixOS system the guest of a sandbox. `keystone` is sandbox.nix.
{ config, lib, pkgs, keystone, ... }:
{
  # Never equal for two disks: so an older build cannot pass for this one. The host reads both back.
  environment.etc."sandbox-build-id".text = keystone.buildId + "\n";
  boot.kernelParams = [ "keystone.build=${keystone.buildId}" ];

  microvm = {
    hypervisor = "qemu";
    vcpu = keystone.cpus;
    mem = keystone.memoryMib;
    # The host says which accelerator works; with no model named, microvm.nix would insist on KVM.
    cpu = "max";
    qemu.machine = "q35";
    # As it is: the smaller variant shows every file of a 9p share as root's.
    qemu.package = let qemu = pkgs.qemu_kvm; in qemu // { override = _: qemu; };
    # The monitor reports to the host's own socket.
    socket = null;
    # The disk, the shares, the network card whose only way in is a port of 127.0.0.1, this boot's facts.
    extraArgsScript = "printf '%s' \"$KEYSTONE_AGENT_QEMU_ARGS\"";
    shares = [{
      proto = "9p";
      tag = "ro-store";
      source = builtins.storeDir;
      mountPoint = "/nix/.ro-store";
      securityModel = "none";
      readOnly = true;
    }];
  };

  boot.initrd.availableKernelModules = [ "virtio_pci" "virtio_blk" "9p" "9pnet_virtio" "virtiofs" "ext4" "qemu_fw_cfg" ];
  # Long before its first mount: what is answered in the first moments of the driver can be lost (decision 38).
  boot.initrd.kernelModules = [ "virtiofs" ];
  boot.kernelModules = [ "qemu_fw_cfg" "virtiofs" "9pnet_virtio" ];

  users.mutableUsers = false;
  users.users.root.hashedPassword = "!";
  users.groups.sandbox.gid = 1000;
  users.users.sandbox = {
    isNormalUser = true;
    uid = 1000;
    group = "sandbox";
    hashedPassword = "!";
    extraGroups = [ "wheel" ];
  };
  security.sudo.wheelNeedsPassword = false;

  networking.useDHCP = false;
  networking.firewall.enable = false;
  # The sandbox's name comes with the boot.
  networking.hostName = "keystone";

  services.openssh = {
    enable = true;
    hostKeys = [ ];
    authorizedKeysFiles = lib.mkForce [ "/run/keystone/authorized_keys" ];
    settings = {
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
      PermitRootLogin = "no";
      AllowUsers = [ "sandbox" ];
      UseDns = false;
    };
    extraConfig = ''
      HostKey /run/keystone/ssh_host_ed25519_key
      AuthenticationMethods publickey
      AcceptEnv *
      MaxSessions 512
      MaxStartups 200:30:400
      AllowStreamLocalForwarding yes
      StreamLocalBindUnlink yes
    '';
  };

  systemd.services.keystone-boot = {
    wantedBy = [ "multi-user.target" ];
    requiredBy = [ "sshd.service" ];
    before = [ "sshd.service" ];
    path = [ pkgs.coreutils pkgs.gnutar pkgs.gnused pkgs.util-linux pkgs.iproute2 pkgs.e2fsprogs pkgs.kmod pkgs.systemd ];
    serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
    script = builtins.readFile ./boot.sh;
  };
  systemd.services.keystone-ready = {
    wantedBy = [ "multi-user.target" ];
    after = [ "sshd.service" "keystone-boot.service" ];
    requires = [ "sshd.service" "keystone-boot.service" ];
    path = [ pkgs.coreutils pkgs.iproute2 pkgs.gnugrep ];
    serviceConfig.Type = "oneshot";
    script = ''
      for try in $(seq 600); do
        if [ -n "$(ss -Hltn 'sport = :22')" ]; then
          echo "keystone: ready $(cat /run/keystone/nonce)" >/dev/console
          exit 0
        fi
        sleep 0.1
      done
      echo "keystone: failed sshd does not listen" >/dev/console
      exit 1
    '';
  };

  environment.systemPackages = [ pkgs.git pkgs.tmux pkgs.rsync pkgs.curl pkgs.python3 pkgs.bashInteractive ];
  environment.interactiveShellInit = "[ ! -r /run/keystone/env.sh ] || . /run/keystone/env.sh";
  environment.etc."gitconfig".text = "[include]\n\tpath = /run/keystone/gitconfig\n";

  system.stateVersion = lib.mkDefault "25.05";
}
