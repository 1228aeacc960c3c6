package keystone.agent.machine.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import keystone.agent.machine.Acceleration;
import keystone.agent.machine.Acceleration.Kind;
import keystone.agent.machine.qemu.Probe.Verdict;
import keystone.agent.model.Image;
import keystone.agent.process.Confinement;

/// Decides how guests run: under KVM when it has been seen to run one, else translated.
///
/// @param image whose kernel must be heard; while there is none, a boot sector has to do
record Accelerator(Path qemu, VerdictCache cache, Optional<Image> image) {
    static final Path DEVICE = Path.of("/dev/kvm");

    /// @param confinement possibly with one group more, which the device needs
    record Choice(Verdict verdict, Confinement confinement) {
        Acceleration acceleration() {
            return Accelerator.acceleration(verdict);
        }
    }

    /// Where earlier verdicts are looked for.
    private interface Memory {
        Optional<Verdict> find(String key);
    }

    /// Uses what an earlier probe found in the same circumstances.
    Choice choose(Confinement confinement) throws InterruptedException {
        return choose(confinement, cache::find);
    }

    /// Probes again.
    Choice chooseAnew(Confinement confinement) throws InterruptedException {
        return choose(confinement, _ -> Optional.empty());
    }

    static Acceleration acceleration(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Ran() -> new Acceleration(Kind.KVM, DEVICE + " ran a test guest");
            case Verdict.Absent() -> new Acceleration(Kind.TCG, "there is no " + DEVICE);
            case Verdict.Refused(String why) -> new Acceleration(Kind.TCG, DEVICE + " " + why);
            case Verdict.Broken(String why) ->
                    new Acceleration(Kind.TCG, DEVICE + " is not usable: " + why);
            case Verdict.Unclear(String why) ->
                    new Acceleration(Kind.TCG, DEVICE + " is not usable: " + why);
        };
    }

    private Choice choose(Confinement confinement, Memory memory) throws InterruptedException {
        if (!Files.exists(DEVICE)) {
            return new Choice(new Verdict.Absent(), confinement);
        }
        var plain = new Choice(verdict(confinement, memory), confinement);
        Optional<Integer> group = groupOfDevice();
        if (!(plain.verdict() instanceof Verdict.Refused) || group.isEmpty()) {
            return plain;
        }
        Confinement wider = confinement.keepingGroup(group.get());
        var widened = new Choice(verdict(wider, memory), wider);
        return widened.verdict() instanceof Verdict.Ran ? widened : plain;
    }

    private Verdict verdict(Confinement confinement, Memory memory) throws InterruptedException {
        var probe = new Probe(qemu, Kind.KVM.word(), "host", DEVICE.toString());
        if (image.isPresent()) {
            return verdict(probe, SandboxKernel.of(image.get()), confinement, memory);
        }
        try (BootSector guest = BootSector.in(cache.directory(), confinement.owner())) {
            return verdict(probe, guest, confinement, memory);
        }
    }

    private Verdict verdict(Probe probe, ProbeGuest guest, Confinement confinement, Memory memory)
            throws InterruptedException {
        String key = key(guest, confinement);
        Optional<Verdict> known = memory.find(key);
        if (known.isPresent()) {
            return known.get();
        }
        Verdict verdict = probe.run(confinement, guest);
        cache.keep(key, verdict);
        return verdict;
    }

    /// What a verdict is remembered under.
    static String key(ProbeGuest guest, Confinement confinement) {
        return guest.name() + " as it " + String.join(", ", confinement.explain());
    }

    /// The group that may open the device, when it is one that people are put into.
    private static Optional<Integer> groupOfDevice() {
        try {
            boolean usable =
                    Files.getPosixFilePermissions(DEVICE).contains(PosixFilePermission.GROUP_WRITE);
            int gid = (Integer) Files.getAttribute(DEVICE, "unix:gid");
            return usable && gid != 0 ? Optional.of(gid) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
