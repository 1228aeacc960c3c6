package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.machine.qemu.Probe.Verdict;
import keystone.agent.model.Digest;
import keystone.agent.process.WholeFile;
import keystone.agent.process.WholeFile.Durability;
import keystone.agent.process.WholeFile.Writers;

/// Remembers what probes found, one small file for each kind of guest and way to confine it.
///
/// A verdict holds for one boot of one kernel with one QEMU on one processor and one set of rights
/// on the device: whatever of these changes, the next start probes again.
record VerdictCache(Path directory, Circumstances circumstances) {
    /// A host that was busy for once gets its acceleration back; one whose KVM always hangs pays
    /// for a probe now and then only.
    private static final Duration UNCLEAR_FOR = Duration.ofHours(1);

    Optional<Verdict> find(String key) {
        try {
            Json.Obj kept = Json.parse(Files.readString(file(key))).asObject();
            if (!kept.string("circumstances").equals(circumstances.digest().hex())) {
                return Optional.empty();
            }
            Verdict verdict = read(kept);
            return verdict instanceof Verdict.Unclear && isOld(file(key))
                    ? Optional.empty()
                    : Optional.of(verdict);
        } catch (IOException | JsonException noneOrDamaged) {
            return Optional.empty();
        }
    }

    private static boolean isOld(Path file) throws IOException {
        return Files.getLastModifiedTime(file)
                .toInstant()
                .isBefore(Instant.now().minus(UNCLEAR_FOR));
    }

    private static Verdict read(Json.Obj kept) {
        return switch (kept.string("verdict")) {
            case "ran" -> new Verdict.Ran();
            case "absent" -> new Verdict.Absent();
            case "refused" -> new Verdict.Refused(kept.string("why"));
            case "broken" -> new Verdict.Broken(kept.string("why"));
            case "unclear" -> new Verdict.Unclear(kept.string("why"));
            default -> throw new JsonException("no such verdict");
        };
    }

    void keep(String key, Verdict verdict) {
        Json.Obj json = Json.object().with("circumstances", circumstances.digest().hex());
        switch (verdict) {
            case Verdict.Ran() -> json.with("verdict", "ran");
            case Verdict.Absent() -> json.with("verdict", "absent");
            case Verdict.Refused(String why) -> json.with("verdict", "refused").with("why", why);
            case Verdict.Broken(String why) -> json.with("verdict", "broken").with("why", why);
            case Verdict.Unclear(String why) -> json.with("verdict", "unclear").with("why", why);
        }
        try {
            WholeFile.replace(
                    file(key), json.pretty() + "\n", Writers.SEVERAL, Durability.UNFLUSHED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    private Path file(String key) {
        String brief = Digest.of(key).brief();
        return directory.resolve("accelerator-" + brief + ".json");
    }
}
