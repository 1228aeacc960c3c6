# What stands for microvm.nix where there is no network: its runner tells, in JSON, what it was made from, and runs the
# real QEMU with the options that the real one gives it. Beside it are the kernel and the disks of a Debian guest.
# revision 1
{
  outputs = { self }: {
    nixosModules.microvm = { config, ... }: {
      microvm.declaredRunner =
        let
          own = config.microvm;
          share = index: each:
            "-fsdev local,id=fs${index},path=${each.source},security_model=${each.securityModel},readonly=${
              if each.readOnly then "true" else "false"} -device virtio-9p-pci,fsdev=fs${index},mount_tag=${each.tag}";
          beside = name: if builtins.pathExists (./. + "/${name}") then "${./. + "/${name}"}" else "/missing/${name}";
        in derivation {
          name = "microvm-qemu-stub";
          system = "x86_64-linux";
          builder = "/bin/sh";
          PATH = "/usr/bin:/bin";
          json = builtins.toJSON {
            inherit (own) hypervisor vcpu mem cpu socket shares;
            inherit (config.boot) kernelParams;
            machine = own.qemu.machine;
            qemu = (own.qemu.package.override { minimal = true; }).name;
            buildId = config.environment.etc."sandbox-build-id".text;
            greeting = config.greeting or "";
            user = config.users.users.sandbox;
          };
          script = ''
            #!/bin/bash -e
            exec -a microvm@stub /usr/bin/qemu-system-x86_64 -name stub -M ${own.qemu.machine},accel=kvm:tcg,acpi=on,mem-merge=on \
              -m ${toString own.mem}M -smp ${toString own.vcpu} -nodefaults -no-user-config -no-reboot \
              -kernel ${beside "vmlinux"} -initrd ${beside "initrd.cpio"} -chardev stdio,id=stdio,signal=off -device virtio-rng-pci \
              -serial chardev:stdio -cpu ${own.cpu} -device i8042 \
              -append "earlyprintk=ttyS0 console=ttyS0 reboot=t panic=-1 quiet loglevel=4 ${toString config.boot.kernelParams}" \
              -nographic -sandbox on -numa node,memdev=mem -object memory-backend-memfd,id=mem,size=${toString own.mem}M,share=on \
              -drive id=ks-base,format=raw,readonly=on,file=${beside "base.squashfs"},if=none -device virtio-blk-pci,drive=ks-base,serial=ks-base \
              ${share "ro" (builtins.head own.shares)} $(${own.extraArgsScript})
          '';
          passAsFile = [ "json" "script" ];
          args = [ "-c" "mkdir -p $out/bin; cp $jsonPath $out/config.json; cp $scriptPath $out/bin/microvm-run; chmod 755 $out/bin/microvm-run; :" ];
        };
    };
  };
}
