package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.process.Command;
import keystone.agent.process.Complaints;
import keystone.agent.process.Confinement;
import keystone.agent.process.Enclosure;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;
import keystone.agent.process.SystemFiles;

/// Boots a guest in the confinement of a sandbox and believes an accelerator only when the guest is
/// heard. That a device opens, or that QEMU says it is enabled, proves nothing.
///
/// @param accelerator QEMU's word for it
/// @param cpu QEMU's word for the processor's model
/// @param device the node it needs, or empty
record Probe(Path qemu, String accelerator, String cpu, String device) {
    /// More than any guest of ours prints before its line.
    private static final int LONGEST_PROLOGUE = 1 << 16;

    /// What came of it.
    sealed interface Verdict {
        record Ran() implements Verdict {}

        /// There is no such device.
        record Absent() implements Verdict {}

        /// The device may not be opened.
        record Refused(String why) implements Verdict {}

        record Broken(String why) implements Verdict {}

        /// The guest was not seen to run, but this host may only have been short of time or memory.
        record Unclear(String why) implements Verdict {}
    }

    Verdict run(Confinement confinement, ProbeGuest guest) throws InterruptedException {
        var places = new ArrayList<>(SystemFiles.placesFor(qemu));
        if (!device.isEmpty()) {
            places.add(Place.device(device));
        }
        places.addAll(guest.places());
        List<String> program = arguments(guest, confinement);
        Command command = Command.of(confinement.enclose(new Enclosure(places, Map.of()), program));
        try (OwnedProcess process = command.start()) {
            return listen(process, guest);
        }
    }

    /// As near to a sandbox's as a guest without disks allows.
    private List<String> arguments(ProbeGuest guest, Confinement confinement) {
        var arguments = new ArrayList<String>();
        arguments.add(qemu.toString());
        arguments.addAll(List.of("-nodefaults", "-no-user-config", "-no-reboot"));
        arguments.addAll(List.of("-display", "none", "-sandbox", QemuCommandLine.SECCOMP));
        arguments.addAll(List.of("-M", QemuCommandLine.BOARD, "-m", "256M"));
        arguments.addAll(List.of("-accel", accelerator, "-cpu", cpu));
        arguments.addAll(
                guest.arguments(
                        confinement.hasPlaces()
                                ? ProbeGuest.Paths.ENCLOSED
                                : ProbeGuest.Paths.ON_HOST));
        arguments.addAll(List.of("-chardev", "stdio,id=console,signal=off"));
        arguments.addAll(List.of("-serial", "chardev:console"));
        return arguments;
    }

    private static Verdict listen(OwnedProcess process, ProbeGuest guest)
            throws InterruptedException {
        var heard = new CompletableFuture<Boolean>();
        var complaints = new Complaints(QemuHost.SPEAKER);
        PipeThread.start("probe", () -> heard.complete(hears(process, guest.line())));
        Thread complaining = PipeThread.start("errors", () -> complaints.read(process.errors()));
        Duration limit = guest.limit();
        try {
            if (heard.get(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Verdict.Ran();
            }
            complaining.join(limit);
            return judge(complaints);
        } catch (TimeoutException silence) {
            return new Verdict.Unclear(
                    "a guest under KVM printed nothing within " + limit.toSeconds() + " s");
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    /// Whether the guest's line came before the end of QEMU. SeaBIOS is silent on this port, so
    /// every byte is the guest's.
    private static boolean hears(OwnedProcess process, String line) {
        var heard = new StringBuilder();
        try {
            InputStream output = process.output();
            for (int c = output.read();
                    c >= 0 && heard.length() < LONGEST_PROLOGUE;
                    c = output.read()) {
                heard.append((char) c);
                if (c == line.charAt(line.length() - 1) && heard.indexOf(line) >= 0) {
                    return true;
                }
            }
        } catch (IOException ended) {
            // Not heard.
        }
        return false;
    }

    private static Verdict judge(Complaints complaints) {
        List<String> said = complaints.lines();
        String why =
                "QEMU under KVM ended before the guest ran (%s)"
                        .formatted(
                                said.isEmpty()
                                        ? "without a word"
                                        : said.getFirst().replaceFirst("^error: ", ""));
        if (complaints.text().contains(": Permission denied")
                && complaints.text().contains("KVM")) {
            return new Verdict.Refused("may not be opened by the project's owner");
        }
        return complaints.text().contains("Cannot allocate memory")
                ? new Verdict.Unclear(why)
                : new Verdict.Broken(why);
    }
}
