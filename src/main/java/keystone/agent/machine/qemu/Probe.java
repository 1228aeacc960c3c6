package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.Enclosure;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.SystemFiles;
import org.jspecify.annotations.Nullable;

/// Boots [ProbeGuest] in the confinement of a sandbox and believes an accelerator only when the
/// guest is heard. That a device opens, or that QEMU says it is enabled, proves nothing.
///
/// @param accelerator QEMU's word for it
/// @param cpu QEMU's word for the processor's model
/// @param device the node it needs, or empty
record Probe(Path qemu, String accelerator, String cpu, String device) {
    /// A guest that runs says its line in a tenth of a second, translated or not.
    static final Duration LIMIT = Duration.ofSeconds(5);

    private static final String INSIDE = "/probe.img";

    /// What came of it.
    sealed interface Verdict {
        record Ran() implements Verdict {}

        /// There is no such device.
        record Absent() implements Verdict {}

        /// The device may not be opened.
        record Refused(String why) implements Verdict {}

        record Broken(String why) implements Verdict {}
    }

    /// @param scratch a directory of ours for the guest's disk
    Verdict run(Confinement confinement, Path scratch) throws InterruptedException {
        Path disk = null;
        try {
            disk = Files.createTempFile(scratch, "probe-", ".img");
            Files.write(disk, ProbeGuest.disk());
            Files.setAttribute(disk, "unix:uid", confinement.owner().uid());
            return boot(confinement, disk);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + scratch, e);
        } finally {
            remove(disk);
        }
    }

    private static void remove(@Nullable Path disk) {
        try {
            if (disk != null) {
                Files.deleteIfExists(disk);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + disk, e);
        }
    }

    private Verdict boot(Confinement confinement, Path disk) throws InterruptedException {
        var places = new ArrayList<>(SystemFiles.placesFor(qemu));
        if (!device.isEmpty()) {
            places.add(Place.device(device));
        }
        places.add(Place.readOnly(disk, INSIDE));
        String seen = confinement.hasPlaces() ? INSIDE : disk.toString();
        List<String> guest = ProbeGuest.arguments(qemu, accelerator, cpu, seen);
        Command command = Command.of(confinement.enclose(new Enclosure(places, Map.of()), guest));
        try (OwnedProcess process = command.start()) {
            return listen(process);
        }
    }

    private Verdict listen(OwnedProcess process) throws InterruptedException {
        var heard = new CompletableFuture<Boolean>();
        var complaints = new Complaints();
        Thread.startVirtualThread(() -> heard.complete(hears(process)));
        Thread complaining = Thread.startVirtualThread(() -> complaints.read(process.errors()));
        try {
            if (heard.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Verdict.Ran();
            }
            complaining.join(LIMIT);
            return judge(complaints);
        } catch (TimeoutException silence) {
            return new Verdict.Broken(
                    "opens, but a guest printed nothing within " + LIMIT.toSeconds() + " s");
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    /// Whether the guest's line came before the end of QEMU.
    private static boolean hears(OwnedProcess process) {
        byte[] line = ProbeGuest.LINE.getBytes(StandardCharsets.US_ASCII);
        try {
            // SeaBIOS is silent on this port, so the first bytes are the guest's.
            return Arrays.equals(process.output().readNBytes(line.length), line);
        } catch (IOException ended) {
            return false;
        }
    }

    private static Verdict judge(Complaints complaints) {
        List<String> said = complaints.lines();
        String why = said.isEmpty() ? "without a word" : said.getFirst();
        return complaints.text().contains(": Permission denied")
                        && complaints.text().contains("KVM")
                ? new Verdict.Refused("may not be opened by the project's owner")
                : new Verdict.Broken("QEMU ended before the guest ran: " + why);
    }
}
