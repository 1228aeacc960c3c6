package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import keystone.agent.machine.Acceleration;
import keystone.agent.machine.qemu.Probe.Verdict;
import keystone.agent.model.Check;
import keystone.agent.model.Owner;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The probe against real QEMUs, and against programs that fail in the ways KVM does.
class AcceleratorIT {
    private static final HostUser USER = HostUser.current();

    @TempDir private Path directory;

    @Test
    void a_guest_that_runs_is_heard() throws Exception {
        var probe = new Probe(qemu(), "tcg", "max", "");

        assertThat(probe.run(confinement(), directory)).isEqualTo(new Verdict.Ran());
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void kvm_is_used_only_when_its_guest_was_heard_and_the_verdict_is_remembered()
            throws Exception {
        var host = new QemuHost(directory, USER);

        Confinement confinement = confinement();

        Accelerator.Choice first = host.accelerator().chooseAnew(confinement);
        long before = System.nanoTime();
        Accelerator.Choice second = host.accelerator().choose(confinement);
        Duration remembering = Duration.ofNanos(System.nanoTime() - before);

        assertThat(second).isEqualTo(first);
        assertThat(first.acceleration().kind() == Acceleration.Kind.KVM)
                .isEqualTo(first.verdict() instanceof Verdict.Ran);
        assertThat(remembering).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void a_device_that_its_owner_may_not_open_is_told_from_a_broken_one() throws Exception {
        assumeTrue(USER.isRoot(), "NOT RUN: only root can try as somebody else");
        assumeTrue(onlyRootMayOpenKvm(), "NOT RUN: needs a /dev/kvm that only root may open");
        var host = new QemuHost(directory, USER);

        var choice = host.accelerator().choose(host.confinement(new Owner(61234, 61234)));

        assertThat(choice.verdict()).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void a_qemu_that_aborts_is_quoted() throws Exception {
        var probe =
                new Probe(
                        program("echo 'qemu-system-x86_64: error: no MSR' >&2; exit 134"),
                        "kvm",
                        "host",
                        "");

        assertThat(probe.run(confinement(), directory))
                .isEqualTo(new Verdict.Broken("QEMU ended before the guest ran: error: no MSR"));
    }

    @Test
    @Tag("full")
    void a_guest_that_is_silent_is_not_waited_for_long() throws Exception {
        var probe = new Probe(program("exec sleep 60"), "kvm", "host", "");

        assertThat(probe.run(confinement(), directory))
                .isEqualTo(new Verdict.Broken("opens, but a guest printed nothing within 5 s"));
    }

    @Test
    void doctor_has_a_fix_for_everything_that_is_not_as_it_should_be() throws Exception {
        var checks = new QemuDriver(directory, USER).checks();

        assertThat(checks).extracting(Check::name).contains("qemu", "confinement", "kvm");
        assertThat(checks)
                .filteredOn(check -> check.status() != Check.Status.PASSED)
                .allSatisfy(check -> assertThat(check.fix()).isNotBlank());
    }

    private static Path qemu() {
        return new QemuHost(Path.of("/nonexistent"), USER).program();
    }

    private static Confinement confinement() throws InterruptedException {
        return new ConfinementSearch(USER).tightest(USER.ids());
    }

    private static boolean onlyRootMayOpenKvm() throws Exception {
        return Files.exists(Accelerator.DEVICE)
                && PosixFilePermissions.toString(Files.getPosixFilePermissions(Accelerator.DEVICE))
                        .equals("rw-------");
    }

    /// A program in QEMU's place.
    private Path program(String script) throws Exception {
        Path program = directory.resolve("qemu-system-x86_64");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }
}
