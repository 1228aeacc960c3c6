package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import keystone.agent.machine.Acceleration;
import keystone.agent.machine.qemu.Probe.Verdict;
import keystone.agent.model.Check;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceleratorTest {
    private static final String ANNA = "works as user 1234";

    @TempDir private Path directory;

    @Test
    void the_probe_is_a_bootable_disk_that_holds_its_line() {
        byte[] disk = BootSector.bytes();

        assertThat(disk).hasSize(1 << 20);
        assertThat(disk[510]).isEqualTo((byte) 0x55);
        assertThat(disk[511]).isEqualTo((byte) 0xaa);
        assertThat(new String(disk, 0x72, BootSector.LINE.length(), StandardCharsets.US_ASCII))
                .isEqualTo(BootSector.LINE);
    }

    @Test
    void only_a_guest_that_was_heard_makes_kvm() {
        assertThat(kind(new Verdict.Ran())).isEqualTo(Acceleration.Kind.KVM);
        assertThat(kind(new Verdict.Broken("opens, but"))).isEqualTo(Acceleration.Kind.TCG);
        assertThat(kind(new Verdict.Unclear("opens, but"))).isEqualTo(Acceleration.Kind.TCG);
        assertThat(kind(new Verdict.Refused("may not"))).isEqualTo(Acceleration.Kind.TCG);
        assertThat(kind(new Verdict.Absent())).isEqualTo(Acceleration.Kind.TCG);
    }

    @Test
    void doctor_tells_broken_from_absent_from_refused() {
        assertThat(check(new Verdict.Broken("opens, but")).message()).startsWith("present but");
        assertThat(check(new Verdict.Absent()).message()).startsWith("there is no /dev/kvm");
        assertThat(check(new Verdict.Refused("may not be opened")).fix()).contains("usermod");
        assertThat(check(new Verdict.Ran()).status()).isEqualTo(Check.Status.PASSED);
    }

    @Test
    void a_verdict_is_kept_for_its_circumstances_and_confinement() {
        var cache = new VerdictCache(directory, new Circumstances(List.of("this boot")));
        Verdict broken = new Verdict.Broken("opens, but");

        cache.keep(ANNA, broken);

        assertThat(cache.find(ANNA)).hasValue(broken);
        assertThat(cache.find("works as user 1235")).isEmpty();
        var later = new VerdictCache(directory, new Circumstances(List.of("another boot")));
        assertThat(later.find(ANNA)).isEmpty();
    }

    @Test
    void a_verdict_that_a_busy_host_may_have_caused_is_forgotten_after_an_hour() throws Exception {
        var cache = new VerdictCache(directory, new Circumstances(List.of("this boot")));
        Verdict unclear = new Verdict.Unclear("opens, but");
        cache.keep(ANNA, unclear);
        cache.keep("works as user 1235", new Verdict.Broken("opens, but"));

        assertThat(cache.find(ANNA)).hasValue(unclear);
        try (var files = Files.list(directory)) {
            var longAgo = FileTime.from(Instant.now().minus(Duration.ofMinutes(61)));
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, longAgo);
            }
        }

        assertThat(cache.find(ANNA)).isEmpty();
        assertThat(cache.find("works as user 1235")).isPresent();
    }

    @Test
    void a_damaged_verdict_is_none() throws Exception {
        var cache = new VerdictCache(directory, new Circumstances(List.of("this boot")));
        cache.keep(ANNA, new Verdict.Ran());
        try (var files = Files.list(directory)) {
            Files.writeString(files.findFirst().orElseThrow(), "{\"circumstances\": 7");
        }

        assertThat(cache.find(ANNA)).isEmpty();
    }

    @Test
    void qemus_version_is_judged_by_its_numbers() {
        assertThat(status("QEMU emulator version 7.2.22 (Debian)")).isEqualTo(Check.Status.PASSED);
        assertThat(status("QEMU emulator version 10.0.2")).isEqualTo(Check.Status.PASSED);
        assertThat(status("QEMU emulator version 6.2.0")).isEqualTo(Check.Status.FAILED);
        assertThat(status("something else")).isEqualTo(Check.Status.FAILED);
    }

    private static Check.Status status(String said) {
        return QemuChecks.judgeVersion(said).status();
    }

    @Test
    void kvm_waits_for_what_is_missing_and_says_how_to_get_that() {
        Check missing = Check.failed("confinement", "nothing works", "sudo sysctl --system");

        assertThat(QemuChecks.after(missing))
                .isEqualTo(
                        Check.warning(
                                "kvm",
                                "cannot be tried before `confinement` is put right",
                                "sudo sysctl --system"));
    }

    @Test
    void doctor_says_when_no_kernel_was_tried_yet() {
        assertThat(QemuChecks.judge(new Verdict.Ran(), Optional.empty()).message())
                .contains("once an image is there");
    }

    @Test
    void doctor_goes_on_where_no_verdict_can_be_kept() throws Exception {
        Path noDirectory = Files.createFile(directory.resolve("file"));
        var user = new ConfinementSearch(HostUser.current());
        var checks =
                new QemuChecks(new QemuHost(noDirectory.resolve("host"), user), Optional.empty());

        assertThat(checks.all())
                .last()
                .satisfies(
                        kvm -> {
                            assertThat(kvm.name()).isEqualTo("kvm");
                            assertThat(kvm.status()).isNotEqualTo(Check.Status.PASSED);
                        });
    }

    private static Check check(Verdict verdict) {
        return QemuChecks.judge(verdict, Optional.empty());
    }

    private static Acceleration.Kind kind(Verdict verdict) {
        return Accelerator.acceleration(verdict).kind();
    }
}
