package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
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

/// The probes against real QEMUs, and against programs that fail in the ways KVM does.
class AcceleratorIT {
    private static final HostUser USER = HostUser.current();

    @TempDir private Path directory;

    @Test
    void a_kernel_that_runs_is_heard() throws Exception {
        var probe = new Probe(qemu(), "tcg", "max", "");

        assertThat(probe.run(confinement(), SandboxKernel.of(TestImage.get())))
                .isEqualTo(new Verdict.Ran());
    }

    @Test
    void a_boot_sector_that_runs_is_heard_and_leaves_nothing() throws Exception {
        var probe = new Probe(qemu(), "tcg", "max", "");

        try (BootSector guest = BootSector.in(directory, USER.ids())) {
            assertThat(probe.run(confinement(), guest)).isEqualTo(new Verdict.Ran());
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void kvm_is_used_only_when_its_kernel_was_heard_whatever_a_boot_sector_showed()
            throws Exception {
        assumeTrue(Files.exists(Accelerator.DEVICE), "NOT RUN: needs a /dev/kvm, however broken");
        Confinement confinement = confinement();
        Accelerator accelerator = accelerator();
        var small = new BootSector(directory.resolve("unused"));
        accelerator.cache().keep(Accelerator.key(small, confinement), new Verdict.Ran());

        Accelerator.Choice choice = accelerator.choose(confinement);

        assertThat(accelerator.cache().find(kernelKey(confinement))).hasValue(choice.verdict());
        assertThat(choice.acceleration().kind() == Acceleration.Kind.KVM)
                .isEqualTo(choice.verdict() instanceof Verdict.Ran);
    }

    @Test
    void what_a_probe_found_is_remembered_until_somebody_asks_anew() throws Exception {
        assumeTrue(Files.exists(Accelerator.DEVICE), "NOT RUN: needs a /dev/kvm, however broken");
        Confinement confinement = confinement();
        Accelerator accelerator = accelerator();
        var remembered = new Verdict.Broken("was remembered");
        accelerator.cache().keep(kernelKey(confinement), remembered);

        assertThat(accelerator.choose(confinement).verdict()).isEqualTo(remembered);
        Verdict found = accelerator.chooseAnew(confinement).verdict();
        assertThat(found).isNotEqualTo(remembered);
        assertThat(accelerator.choose(confinement).verdict()).isEqualTo(found);
    }

    private static String kernelKey(Confinement confinement) throws Exception {
        return Accelerator.key(SandboxKernel.of(TestImage.get()), confinement);
    }

    @Test
    void a_device_that_its_owner_may_not_open_is_told_from_a_broken_one() throws Exception {
        assumeTrue(USER.isRoot(), "NOT RUN: only root can try as somebody else");
        assumeTrue(onlyRootMayOpenKvm(), "NOT RUN: needs a /dev/kvm that only root may open");
        var host = new QemuHost(directory, new ConfinementSearch(USER));

        var choice =
                host.accelerator(Optional.empty())
                        .choose(host.confinement(new Owner(61234, 61234)));

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

        assertThat(probe.run(confinement(), SandboxKernel.of(TestImage.get())))
                .isEqualTo(
                        new Verdict.Broken("QEMU under KVM ended before the guest ran (no MSR)"));
    }

    @Test
    @Tag("full")
    void a_guest_that_is_silent_is_not_waited_for_long() throws Exception {
        var probe = new Probe(program("echo Booting; exec sleep 60"), "kvm", "host", "");
        var guest = new BootSector(Files.createFile(directory.resolve("disk")));

        assertThat(probe.run(confinement(), guest))
                .isEqualTo(new Verdict.Unclear("a guest under KVM printed nothing within 5 s"));
    }

    @Test
    void doctor_has_a_fix_for_everything_that_is_not_as_it_should_be() throws Exception {
        var checks =
                new QemuDriver(directory, new ConfinementSearch(USER), Optional::empty).checks();

        assertThat(checks).extracting(Check::name).contains("qemu", "confinement", "kvm");
        assertThat(checks)
                .filteredOn(check -> check.status() != Check.Status.PASSED)
                .allSatisfy(check -> assertThat(check.fix()).isNotBlank());
    }

    private Accelerator accelerator() throws Exception {
        return new QemuHost(directory, new ConfinementSearch(USER))
                .accelerator(Optional.of(TestImage.get()));
    }

    private static Path qemu() {
        return new QemuHost(Path.of("/nonexistent"), new ConfinementSearch(USER)).program();
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
