package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import keystone.agent.machine.Machine;
import keystone.agent.machine.Pausable;
import keystone.agent.model.Owner;
import keystone.agent.process.HostUser;
import keystone.agent.process.LoopbackPort;
import keystone.agent.process.Patience;
import keystone.agent.process.Posix;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.Signal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuMachineIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    @TempDir private Path directory;
    private final Recorder told = new Recorder();

    @Test
    void a_machine_boots_confined_works_for_its_owner_and_ends_at_the_power_button()
            throws Exception {
        Owner self = HostUser.current().ids();
        Path project = Files.createDirectory(directory.resolve("pro, \"je\nct\" é"));
        var set = TestMachine.in(directory.resolve("m"), project, self);

        try (Machine machine = set.define()) {
            machine.boot(told);
            Files.delete(directory.resolve("m/vm/config.tar"));
            told.awaitReady();

            assertConfined(machine, self);
            assertThat(machine.acceleration().reason()).isNotEmpty();
            assertThat(set.ssh(machine.sshPort(), "id -u; echo hi >/workspace/f; sudo id -u"))
                    .isEqualTo("1000\n0\n");
            assertThat(TestMachine.uid(project.resolve("f"))).isEqualTo(self.uid());

            machine.pressPowerButton();

            assertThat(machine.awaitEnd(SOON)).isTrue();
            assertThat(told.heardOfTheEnd()).isTrue();
            assertThat(told.death).isEmpty();
            assertNothingLeft(set, machine.sshPort());
        }
    }

    @Test
    void root_in_another_users_private_project_works_as_that_user() throws Exception {
        assumeTrue(HostUser.current().isRoot(), "NOT RUN: only root may work as somebody else");
        var owner = new Owner(61234, 61235);
        Path project = Files.createDirectory(directory.resolve("theirs"));
        Files.setPosixFilePermissions(project, PosixFilePermissions.fromString("rwx------"));
        Files.setAttribute(project, "unix:uid", owner.uid());
        Files.setAttribute(project, "unix:gid", owner.gid());
        var set = TestMachine.in(directory.resolve("m"), project, owner);

        try (Machine machine = set.define()) {
            machine.boot(told);
            told.awaitReady();

            assertConfined(machine, owner);
            String made =
                    "cd /workspace; mkdir d; ln -s d l; sudo touch r; chmod 750 d; ls -ldn d r";
            assertThat(set.ssh(machine.sshPort(), made)).contains(" 1000 1000 ");
            for (String each : new String[] {"d", "r"}) {
                assertThat(TestMachine.uid(project.resolve(each))).isEqualTo(owner.uid());
            }
            assertThat(Files.readSymbolicLink(project.resolve("l"))).hasToString("d");
            machine.quit();
            assertThat(machine.awaitEnd(AT_ONCE)).isTrue();
            assertThat(told.heardOfTheEnd()).isTrue();
            assertThat(told.death).isEmpty();
        }
    }

    @Test
    void a_guest_that_floods_its_console_fills_no_memory_and_still_answers() throws Exception {
        var set = ofOurOwn();

        try (Machine machine = set.define()) {
            machine.boot(told);
            told.awaitReady();

            String flood =
                    "sudo sh -c 'head -c 300000 /dev/zero | tr \"\\0\" x >/dev/ttyS0'; echo on";
            assertThat(set.ssh(machine.sshPort(), flood)).isEqualTo("on\n");

            assertThat(told.longest.get()).isLessThanOrEqualTo(Console.LONGEST_LINE);
            assertThat(told.characters.get()).isLessThan(50_000);
        }
    }

    @Test
    void a_machine_that_was_held_still_tells_when_it_goes_on() throws Exception {
        var set = ofOurOwn();

        try (Machine machine = set.define()) {
            machine.boot(told);
            told.awaitReady();
            var pausable = (Pausable) machine;

            pausable.pause();
            pausable.resume();

            assertThat(told.heardOfTheResumption()).isTrue();
        }
        assertThat(told.heardOfTheEnd()).isTrue();
        assertThat(told.death).isEmpty();
    }

    @Test
    void a_qemu_that_is_killed_is_missed_at_once() throws Exception {
        var set = ofOurOwn();

        try (Machine machine = set.define()) {
            machine.boot(told);
            Posix.signal(ProcessIdentity.of(machine.pid()).orElseThrow(), Signal.KILL);

            assertThat(told.heardOfTheEnd()).isTrue();
            assertThat(told.death).isEqualTo("was killed by signal 9");
            assertNothingLeft(set, machine.sshPort());
        }
    }

    @Test
    void a_qemu_whose_wrapper_is_killed_does_not_outlive_it() throws Exception {
        var set = ofOurOwn();

        try (Machine machine = set.define()) {
            machine.boot(told);
            long wrapper =
                    ProcessHandle.current()
                            .children()
                            .filter(
                                    child ->
                                            child.descendants()
                                                    .anyMatch(it -> it.pid() == machine.pid()))
                            .findFirst()
                            .orElseThrow()
                            .pid();
            assertThat(wrapper).isNotEqualTo(machine.pid());
            Posix.signal(ProcessIdentity.of(wrapper).orElseThrow(), Signal.KILL);

            assertThat(told.heardOfTheEnd()).isTrue();
            assertNothingLeft(set, machine.sshPort());
        }
    }

    @Test
    @Tag("full")
    void a_guest_that_restarts_is_told_as_such() throws Exception {
        var set = ofOurOwn();

        try (Machine machine = set.define()) {
            machine.boot(told);
            told.awaitReady();
            set.ssh(machine.sshPort(), "sudo reboot -f");

            assertThat(told.heardOfTheEnd()).isTrue();
            assertThat(told.death).startsWith("was restarted by its guest");
        }
    }

    private TestMachine ofOurOwn() throws Exception {
        Path project = Files.createDirectory(directory.resolve("project"));
        return TestMachine.in(directory.resolve("m"), project, HostUser.current().ids());
    }

    private static void assertConfined(Machine machine, Owner owner) {
        var qemu = new ProcessStatus(machine.pid());
        String uid = Integer.toString(owner.uid());
        assertThat(qemu.field("Uid")).isEqualTo(String.join(" ", uid, uid, uid, uid));
        assertThat(qemu.field("CapEff")).matches("0+");
        assertThat(qemu.field("CapPrm")).matches("0+");
        assertThat(qemu.field("NoNewPrivs")).isEqualTo("1");
        assertThat(qemu.field("Seccomp")).isEqualTo("2");
        assertThat(qemu.map("uid_map")).isEqualTo("1000 " + uid + " 1");
        assertThat(qemu.map("gid_map")).isEqualTo("1000 " + owner.gid() + " 1");
        for (String own : new String[] {"user", "pid", "ipc", "uts", "mnt"}) {
            assertThat(qemu.shares(own)).as(own).isFalse();
        }
        assertThat(qemu.sees("/")).doesNotContain("home", "root", "tmp", "work", "var", "run");
        assertThat(qemu.sees("/share")).containsExactly("0");
        assertThat(qemu.sees("/image")).containsExactly("initrd", "kernel", "layer0");
        assertThat(qemu.sees("/dev")).containsOnlyOnce("null", "urandom").doesNotContain("vda");
        assertThat(qemu.commandLine()).doesNotContain("/tmp", "theirs");
        if (HostUser.current().isRoot()) {
            assertThat(qemu.field("Groups")).isEmpty();
        }
    }

    private static void assertNothingLeft(TestMachine set, int port) {
        assertThat(Patience.until(AT_ONCE, () -> set.processes().isEmpty())).isTrue();
        // A dead process's sockets are closed a moment after it has disappeared.
        assertThat(Patience.until(AT_ONCE, () -> new LoopbackPort(port).isFree())).isTrue();
    }
}
