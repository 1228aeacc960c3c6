package keystone.agent.machine.qemu;

import static java.util.Locale.ROOT;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import keystone.agent.machine.Acceleration;
import keystone.agent.machine.MachineSpec;
import keystone.agent.machine.Sharing;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// Every option QEMU gets (qemu(1)). Only ever values, joined by commas, which [#value] doubles.
record QemuCommandLine(
        Path program, MachineSpec spec, MachineFiles files, Acceleration.Kind acceleration) {
    /// Without devices that no guest of ours uses: less to attack, less to probe at boot. Guest
    /// memory stays out of core dumps.
    static final String BOARD = "q35,vmport=off,usb=off,sata=off,smbus=off,dump-guest-core=off";

    /// Spares the guest's boot what a virtual machine does not need. Without `no_timer_check` the
    /// kernel waits ten ticks of its clock, and panics when a busy host keeps it from running
    /// meanwhile.
    static final String KERNEL =
            "console=ttyS0 quiet loglevel=4 panic=-1 reboot=t random.trust_cpu=on no_timer_check"
                    + " cryptomgr.notests audit=0 8250.nr_uarts=1";

    /// What the guest can make QEMU do is bounded by the kernel: no exec, no privileges, no old
    /// system calls.
    static final String SECCOMP =
            "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:;=/@%+-]+");

    List<String> arguments() {
        var arguments = new ArrayList<String>();
        arguments.add(program.toString());
        arguments.addAll(List.of("-nodefaults", "-no-user-config", "-no-reboot"));
        // The guest waits until what QEMU was given has been looked at.
        arguments.add("-S");
        arguments.addAll(List.of("-display", "none", "-sandbox", SECCOMP));
        String name = "keystone-" + spec.id();
        arguments.addAll(List.of("-name", "guest=" + name + ",process=" + name));
        addProcessor(arguments);
        addBoot(arguments);
        addDisks(arguments);
        addShares(arguments);
        addNetwork(arguments);
        addChannels(arguments);
        return arguments;
    }

    /// What a runner is told beyond what it says itself: of an option that both name, QEMU takes
    /// the later one. The runner splits it at white space, and expands patterns.
    String addedToRunner() {
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("-S", "-sandbox", SECCOMP));
        arguments.addAll(List.of("-machine", "accel=" + acceleration.name().toLowerCase(ROOT)));
        addConfig(arguments);
        addDisks(arguments);
        addShares(arguments);
        addNetwork(arguments);
        addMonitor(arguments);
        for (String argument : arguments) {
            if (!PLAIN.matcher(argument).matches()) {
                throw UserError.hostLacks(
                        "a NixOS guest on a host without user namespaces needs paths without"
                                + " special characters, unlike "
                                + Printable.of(argument),
                        "keystone-agent doctor\nkeystone-agent start --fresh --image debian");
            }
        }
        return String.join(" ", arguments);
    }

    private void addProcessor(List<String> arguments) {
        arguments.addAll(List.of("-M", board(), "-accel", accelerator()));
        // `host` exists only under KVM; under TCG anything less than `max` kills programs that
        // were compiled for processors of this decade.
        String model =
                switch (acceleration) {
                    case KVM -> "host";
                    case TCG -> "max";
                };
        arguments.addAll(List.of("-cpu", model));
        arguments.addAll(List.of("-smp", Integer.toString(spec.resources().cpus())));
        String memory = spec.resources().memory().mib() + "M";
        arguments.addAll(List.of("-m", memory));
        if (spec.sharing() instanceof Sharing.Served) {
            arguments.addAll(
                    List.of(
                            "-object",
                            "memory-backend-memfd,id=memory,share=on,dump=off,size=" + memory));
        }
        arguments.addAll(List.of("-device", "virtio-rng-pci"));
    }

    /// Whoever serves a share reads and writes the guest's memory, so both must have it.
    private String board() {
        return switch (spec.sharing()) {
            case Sharing.NineP _ -> BOARD;
            case Sharing.Served _ -> BOARD + ",memory-backend=memory";
        };
    }

    /// Left to itself the translator takes up to a gigabyte of the host for translated code.
    private String accelerator() {
        return switch (acceleration) {
            case KVM -> "kvm";
            case TCG -> "tcg,tb-size=512";
        };
    }

    private void addBoot(List<String> arguments) {
        arguments.addAll(List.of("-kernel", files.kernel(), "-initrd", files.initrd()));
        arguments.addAll(List.of("-append", KERNEL));
        addConfig(arguments);
    }

    private void addConfig(List<String> arguments) {
        // A file, because other processes of the host can read QEMU's arguments.
        arguments.addAll(
                List.of("-fw_cfg", "name=opt/keystone/config.tar,file=" + value(files.config())));
    }

    /// The guest finds its disks by their serial numbers.
    private void addDisks(List<String> arguments) {
        for (int i = 0; i < files.layers().size(); i++) {
            String serial = i == 0 ? "ks-base" : "ks-layer" + (i - 1);
            String options = "format=raw,readonly=on,file=" + value(files.layers().get(i));
            addDisk(arguments, serial, options);
        }
        addDisk(
                arguments,
                "ks-rw",
                "format=qcow2,discard=unmap,detect-zeroes=unmap,file=" + value(files.disk()));
    }

    private static void addDisk(List<String> arguments, String serial, String options) {
        arguments.addAll(List.of("-drive", "if=none,id=" + serial + "," + options));
        arguments.addAll(
                List.of("-device", "virtio-blk-pci,drive=" + serial + ",serial=" + serial));
    }

    private void addShares(List<String> arguments) {
        for (int i = 0; i < spec.tags().size(); i++) {
            switch (spec.sharing()) {
                case Sharing.NineP(Sharing.Modes modes) -> addNineP(arguments, i, modes);
                case Sharing.Served _ -> addServed(arguments, i);
            }
        }
    }

    /// Equal inode numbers of several file systems under one share are told apart by `remap`.
    private void addNineP(List<String> arguments, int share, Sharing.Modes modes) {
        String tag = spec.tags().get(share);
        String model =
                switch (modes) {
                    case TRUE -> "none";
                    case RECORDED -> "mapped-xattr";
                };
        String access = spec.share(tag).access() == Access.READ_ONLY ? ",readonly=on" : "";
        arguments.addAll(
                List.of(
                        "-fsdev",
                        "local,id=share"
                                + share
                                + ",security_model="
                                + model
                                + ",multidevs=remap"
                                + access
                                + ",path="
                                + value(files.shares().get(share))));
        arguments.addAll(
                List.of(
                        "-device",
                        "virtio-9p-pci,fsdev=share" + share + ",mount_tag=" + value(tag)));
    }

    /// Read-only shares are so for whoever serves them.
    private void addServed(List<String> arguments, int share) {
        arguments.addAll(
                List.of(
                        "-chardev",
                        "socket,id=share" + share + ",path=" + value(files.shares().get(share))));
        arguments.addAll(
                List.of(
                        "-device",
                        "vhost-user-fs-pci,queue-size=1024,chardev=share"
                                + share
                                + ",tag="
                                + value(spec.tags().get(share))));
    }

    /// The guest reaches nothing; we reach its sshd through a port of 127.0.0.1 that the kernel
    /// chooses.
    private static void addNetwork(List<String> arguments) {
        arguments.addAll(
                List.of(
                        "-netdev",
                        "user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:0-:22"));
        arguments.addAll(List.of("-device", "virtio-net-pci,netdev=net0,romfile="));
    }

    /// QEMU connects to us, not we to it: when its owner was killed while it started, there is
    /// nobody to connect to, and it ends.
    private void addChannels(List<String> arguments) {
        arguments.addAll(List.of("-chardev", "stdio,id=console,signal=off"));
        arguments.addAll(List.of("-serial", "chardev:console"));
        addMonitor(arguments);
    }

    private void addMonitor(List<String> arguments) {
        arguments.addAll(
                List.of(
                        "-chardev",
                        "socket,id=monitor,server=off,path=" + value(files.monitor()),
                        "-mon",
                        "chardev=monitor,mode=control"));
    }

    /// In QEMU's options a comma ends a value, and a doubled one is a comma.
    private static String value(String text) {
        return text.replace(",", ",,");
    }
}
