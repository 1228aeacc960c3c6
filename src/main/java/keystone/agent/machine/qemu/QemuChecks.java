package keystone.agent.machine.qemu;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.machine.qemu.Probe.Verdict;
import keystone.agent.model.Check;
import keystone.agent.model.Image;
import keystone.agent.model.Reason;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;

/// What `doctor` asks about QEMU, its confinement and KVM.
///
/// @param image whose kernel must be heard under KVM, if there is one yet
record QemuChecks(QemuHost host, Optional<Image> image) {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern VERSION = Pattern.compile("version (\\d{1,4})\\.(\\d{1,4})");

    List<Check> all() throws InterruptedException {
        var checks = new ArrayList<Check>();
        checks.add(qemu());
        checks.addAll(host.confinements().checks());
        Optional<Check> missing =
                checks.stream().filter(check -> check.status() == Check.Status.FAILED).findFirst();
        checks.add(missing.isPresent() ? after(missing.get()) : kvm());
        return checks;
    }

    /// What is missing comes first, and its fix is the one to type.
    static Check after(Check missing) {
        return Check.warning(
                "kvm",
                "cannot be tried before `" + missing.name() + "` is put right",
                Objects.requireNonNull(missing.fix()));
    }

    private static Check qemu() throws InterruptedException {
        Optional<Path> program = Programs.locate(QemuHost.PROGRAM);
        if (program.isEmpty()) {
            return QemuHost.lacking("qemu", QemuHost.PROGRAM + " is not installed");
        }
        String said = Command.of(program.get().toString(), "--version").run(LIMIT).output();
        return judgeVersion(said);
    }

    /// 7.2 is the oldest that we test.
    static Check judgeVersion(String said) {
        Matcher matcher = VERSION.matcher(said);
        if (!matcher.find()) {
            return QemuHost.lacking("qemu", QemuHost.PROGRAM + " tells no version");
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        String found = "QEMU " + major + "." + minor;
        return major > 7 || (major == 7 && minor >= 2)
                ? Check.passed("qemu", found)
                : QemuHost.lacking("qemu", found + " is older than 7.2");
    }

    private Check kvm() throws InterruptedException {
        try {
            var confinement = host.confinement(host.user().ids());
            return judge(host.accelerator(image).chooseAnew(confinement).verdict(), image);
        } catch (UserError lacking) {
            return Check.warning("kvm", "cannot be tried yet: " + lacking.problem(), lacking.fix());
        } catch (UncheckedIOException noRoom) {
            // The other checks still have something to say, and nothing starts without that file.
            return Check.failed(
                    "kvm",
                    "cannot be tried: "
                            + noRoom.getMessage()
                            + ": "
                            + Reason.of(Objects.requireNonNull(noRoom.getCause())),
                    "see who may write there, and what room there is: namei -l "
                            + ShellWord.quote(host.cache().toString())
                            + "; df -h");
        }
    }

    /// Sandboxes work without KVM, so none of these is a failure.
    static Check judge(Verdict verdict, Optional<Image> image) {
        String reason = Accelerator.acceleration(verdict).reason();
        return switch (verdict) {
            case Verdict.Ran() ->
                    Check.passed(
                            "kvm",
                            image.isPresent()
                                    ? reason
                                    : reason
                                            + "; the kernel of sandboxes is tried once an image is"
                                            + " there");
            case Verdict.Absent() ->
                    Check.warning(
                            "kvm",
                            reason + ", so guests are emulated, about ten times slower",
                            "turn virtualisation on in the firmware, or nested virtualisation"
                                    + " where this is itself a virtual machine; then:"
                                    + " sudo modprobe -a kvm_intel kvm_amd");
            case Verdict.Refused _ ->
                    Check.warning(
                            "kvm",
                            reason + ", so guests are emulated, about ten times slower",
                            "sudo usermod -aG kvm \"$(id -un)\"   # then log in again");
            case Verdict.Broken(String why) -> notUsable(why);
            case Verdict.Unclear(String why) -> notUsable(why);
        };
    }

    private static Check notUsable(String why) {
        return Check.warning(
                "kvm",
                "present but not usable: "
                        + why
                        + "; guests are emulated instead, about ten times slower",
                "ask whoever runs this machine for working nested virtualisation;"
                        + " sandboxes work without it");
    }
}
