package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.guest.GuestAddress;
import keystone.agent.guest.GuestConfig;
import keystone.agent.guest.GuestMount;
import keystone.agent.guest.SshKeys;
import keystone.agent.machine.Machine;
import keystone.agent.machine.MachineSpec;
import keystone.agent.machine.Sharing;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressMode;
import keystone.agent.model.Image;
import keystone.agent.model.Owner;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Share;
import keystone.agent.process.Command;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import keystone.agent.process.ProcessTable;

/// Everything a machine needs around it, in one private directory.
///
/// @param directory 0700, of whoever runs the test: the owner of the project cannot enter it
record TestMachine(Path directory, Image image, Path project, Owner owner) {
    static final String NONCE = "0123456789abcdef";

    private static final SandboxName NAME = new SandboxName("blue");
    private static final Duration LIMIT = Duration.ofMinutes(1);

    static TestMachine in(Path directory, Path project, Owner owner)
            throws IOException, InterruptedException {
        return new TestMachine(directory, TestImage.get(), project, owner);
    }

    /// Makes the disk, the keys and the config, and describes the machine.
    Machine define() throws IOException, InterruptedException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path vm = Files.createDirectories(directory.resolve("vm"));
        MachineSpec spec = spec(vm);
        Machine machine =
                new QemuDriver(
                                directory.resolve("cache"),
                                new ConfinementSearch(HostUser.current()),
                                Optional::empty)
                        .define(spec);
        makeDisk(spec.disk());
        Files.write(spec.bootConfig(), config(machine.shownOwner()));
        for (Path each : List.of(vm, spec.disk(), spec.bootConfig())) {
            Files.setAttribute(each, "unix:uid", owner.uid());
            Files.setPosixFilePermissions(
                    each,
                    PosixFilePermissions.fromString(
                            Files.isDirectory(each) ? "rwx------" : "rw-------"));
        }
        return machine;
    }

    private MachineSpec spec(Path vm) {
        return new MachineSpec(
                "blue",
                image,
                vm.resolve("disk.qcow2"),
                vm.resolve("config.tar"),
                vm,
                new Resources(ByteSize.ofMib(768), 1, ByteSize.ofGib(2)),
                Map.of("workspace", new Share(project, "/workspace", Access.READ_WRITE)),
                new Sharing.NineP(Sharing.Modes.TRUE),
                owner,
                Map.of(ProcessTable.CHILD_MARK, directory.toString()));
    }

    private byte[] config(Owner shown) throws InterruptedException {
        return new GuestConfig(
                        NAME,
                        BuildId.create(Digest.of("image")),
                        NONCE,
                        shown,
                        keys(),
                        new GuestConfig.Files(
                                GuestConfig.FileSystem.NINE_P,
                                List.of(
                                        new GuestMount(
                                                "workspace", "/workspace", Access.READ_WRITE)),
                                GuestConfig.GitDirectory.SHARED),
                        EgressMode.NONE,
                        new GuestConfig.Sessions(Map.of(), null, null))
                .tar();
    }

    /// Those of the guest and of who enters it, made when there are none.
    SshKeys keys() throws InterruptedException {
        return SshKeys.ensure(directory.resolve("ssh"), NAME);
    }

    private static void makeDisk(Path disk) throws InterruptedException {
        String raw = disk + ".raw";
        must("truncate", "-s", "2G", raw);
        must("mkfs.ext4", "-q", "-F", "-m", "0", raw);
        must("qemu-img", "convert", "-O", "qcow2", raw, disk.toString());
        must("rm", raw);
    }

    private static void must(String... command) throws InterruptedException {
        Command.Finished finished = Command.of(command).run(LIMIT);
        if (!finished.ok()) {
            throw new IllegalStateException(finished.toString());
        }
    }

    /// Runs a shell command inside.
    String ssh(int port, String script) throws InterruptedException {
        Path keys = directory.resolve("ssh");
        var command = new ArrayList<>(List.of("ssh", "-F", "none", "-p", Integer.toString(port)));
        command.addAll(List.of("-i", keys.resolve("id_ed25519").toString()));
        command.addAll(List.of("-o", "UserKnownHostsFile=" + keys.resolve("known_hosts")));
        command.addAll(
                List.of("-o", "HostKeyAlias=" + GuestAddress.alias(NAME), "-o", "BatchMode=yes"));
        command.addAll(List.of("sandbox@127.0.0.1", script));
        Command.Finished finished = Command.of(command).run(LIMIT);
        return finished.output() + finished.errors();
    }

    /// What still runs of it.
    List<ProcessTable.Marked> processes() {
        return ProcessTable.marked(ProcessTable.CHILD_MARK, directory);
    }

    static int uid(Path file) {
        try {
            return (Integer) Files.getAttribute(file, "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
