package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.machine.Acceleration.Kind;
import keystone.agent.machine.MachineSpec;
import keystone.agent.machine.Sharing;
import keystone.agent.process.Enclosure.Place;
import org.junit.jupiter.api.Test;

class QemuCommandLineTest {
    private static final Path AWKWARD = Path.of("/home/a/my, \"pro\njéct\"");
    private static final MachineSpec SPEC = Machines.with(AWKWARD);
    private static final MachineSpec SERVED =
            Machines.with(
                    AWKWARD,
                    new Sharing.Served(
                            Map.of(
                                    "workspace", Path.of("/run/share/workspace.sock"),
                                    "mount0", Path.of("/run/share/mount0.sock"))));
    private static final Path MONITOR = Path.of("/run/vm/qmp.sock");

    @Test
    void nothing_is_there_that_was_not_asked_for() {
        assertThat(enclosed(Kind.TCG))
                .contains("-nodefaults", "-no-user-config", "-no-reboot")
                .containsSequence("-display", "none");
    }

    @Test
    void the_guest_waits_until_its_shares_were_looked_at() {
        assertThat(enclosed(Kind.TCG)).contains("-S");
    }

    @Test
    void the_kernel_denies_qemu_what_it_never_needs() {
        assertThat(enclosed(Kind.TCG))
                .containsSequence(
                        "-sandbox",
                        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    }

    @Test
    void a_translated_guest_gets_every_instruction_and_an_accelerated_one_the_hosts() {
        assertThat(enclosed(Kind.TCG)).containsSequence("-accel", "tcg,tb-size=512", "-cpu", "max");
        assertThat(enclosed(Kind.KVM)).containsSequence("-accel", "kvm", "-cpu", "host");
        assertThat(enclosed(Kind.TCG)).containsSequence("-smp", "2", "-m", "1024M");
    }

    @Test
    void the_guest_reaches_nothing_and_its_sshd_is_on_loopback_only() {
        assertThat(enclosed(Kind.TCG))
                .containsSequence(
                        "-netdev", "user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:0-:22");
    }

    @Test
    void disks_carry_the_serials_by_which_the_guest_finds_them() {
        assertThat(enclosed(Kind.TCG))
                .containsSequence(
                        "-drive", "if=none,id=ks-base,format=raw,readonly=on,file=/image/layer0")
                .containsSequence("-device", "virtio-blk-pci,drive=ks-base,serial=ks-base")
                .contains("virtio-blk-pci,drive=ks-layer0,serial=ks-layer0")
                .contains(
                        "if=none,id=ks-rw,format=qcow2,discard=unmap,detect-zeroes=unmap,"
                                + "file=/disk");
    }

    @Test
    void shares_show_true_owners_and_read_only_ones_cannot_be_written() {
        assertThat(enclosed(Kind.TCG))
                .contains(
                        "local,id=share0,security_model=none,multidevs=remap,readonly=on,"
                                + "path=/share/0",
                        "virtio-9p-pci,fsdev=share0,mount_tag=mount0",
                        "local,id=share1,security_model=none,multidevs=remap,path=/share/1",
                        "virtio-9p-pci,fsdev=share1,mount_tag=workspace");
    }

    @Test
    void recorded_modes_are_attributes_of_the_hosts_files() {
        MachineSpec spec = Machines.with(AWKWARD, new Sharing.NineP(Sharing.Modes.RECORDED));

        assertThat(enclosed(spec))
                .contains(
                        "local,id=share1,security_model=mapped-xattr,multidevs=remap,"
                                + "path=/share/1");
    }

    @Test
    void served_shares_come_over_sockets_and_their_servers_see_the_guests_memory() {
        assertThat(enclosed(SERVED))
                .contains(QemuCommandLine.BOARD + ",memory-backend=memory")
                .containsSequence(
                        "-object", "memory-backend-memfd,id=memory,share=on,dump=off,size=1024M")
                .containsSequence("-chardev", "socket,id=share0,path=/share/0")
                .containsSequence(
                        "-device", "vhost-user-fs-pci,queue-size=1024,chardev=share0,tag=mount0");
        assertThat(String.join(" ", enclosed(SERVED))).doesNotContain("-fsdev");
    }

    @Test
    void no_server_means_no_shared_memory() {
        assertThat(String.join(" ", enclosed(Kind.TCG))).doesNotContain("memory-backend");
    }

    @Test
    void served_shares_are_not_shown_to_qemu() {
        List<Place> places = MachineFiles.enclosed(SERVED).places(SERVED, MONITOR);

        assertThat(places)
                .extracting(Place::source)
                .contains("/run/share/mount0.sock", "/run/share/workspace.sock")
                .doesNotContain(AWKWARD.toString(), "/data");
    }

    @Test
    void every_share_needs_a_server_once_there_are_any() {
        var none = new Sharing.Served(Map.of());

        assertThatThrownBy(() -> Machines.with(AWKWARD, none))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void enclosed_no_path_of_the_host_is_in_the_arguments() {
        assertThat(String.join(" ", enclosed(Kind.TCG)))
                .doesNotContain("/home/a", "/cache", "/state", "/run", "/data");
    }

    @Test
    void not_enclosed_commas_of_the_hosts_paths_are_doubled() {
        List<String> arguments = arguments(MachineFiles.onHost(SPEC, MONITOR), Kind.TCG);

        assertThat(arguments)
                .contains(
                        "local,id=share1,security_model=none,multidevs=remap,"
                                + "path=/home/a/my,, \"pro\njéct\"");
    }

    @Test
    void qemu_connects_to_us_so_that_it_ends_when_nobody_is_there() {
        assertThat(enclosed(Kind.TCG))
                .containsSequence(
                        "-chardev",
                        "socket,id=monitor,server=off,path=/monitor.sock",
                        "-mon",
                        "chardev=monitor,mode=control");
    }

    @Test
    void only_the_disk_the_monitor_and_writable_shares_can_be_written() {
        List<Place> places = MachineFiles.enclosed(SPEC).places(SPEC, MONITOR);

        assertThat(places)
                .filteredOn(place -> place.kind() == Place.Kind.READ_WRITE)
                .extracting(Place::source)
                .containsExactly("/state/disk.qcow2", MONITOR.toString(), AWKWARD.toString());
    }

    private static List<String> enclosed(Kind kind) {
        return arguments(MachineFiles.enclosed(SPEC), kind);
    }

    private static List<String> enclosed(MachineSpec spec) {
        MachineFiles files = MachineFiles.enclosed(spec);
        return new QemuCommandLine(Path.of("/usr/bin/qemu"), spec, files, Kind.TCG).arguments();
    }

    private static List<String> arguments(MachineFiles files, Kind kind) {
        return new QemuCommandLine(Path.of("/usr/bin/qemu"), SPEC, files, kind).arguments();
    }
}
