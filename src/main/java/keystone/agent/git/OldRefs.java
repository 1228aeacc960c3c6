package keystone.agent.git;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;

/// The refs of what fetches have let go of: found, and dropped.
final class OldRefs {
    private static final String ALL = "refs/keystone/";

    /// A sandbox, what is old of it, a time, and a ref.
    private static final int PARTS = 4;

    private final Git git;
    private final RefReader reader;
    private final AsOwner asOwner;
    private final Layout layout;
    private final Pins pins;

    OldRefs(Git git, RefReader reader, AsOwner asOwner, Layout layout) {
        this.pins = new Pins(git, reader, asOwner, layout);
        this.git = git;
        this.reader = reader;
        this.asOwner = asOwner;
        this.layout = layout;
    }

    private record Fetch(SandboxName sandbox, Instant time) {}

    /// Finds those of all sandboxes that this repository knows, also of those that are gone.
    List<OldCommits> all() throws InterruptedException {
        var found = new TreeMap<String, OldCommits>();
        for (Map.Entry<String, ObjectId> each :
                reader.matching(ALL, List.of("*/" + RefReader.OLD + "**")).entrySet()) {
            String[] parts = each.getKey().split("/", PARTS);
            fetch(parts)
                    .ifPresent(
                            fetch ->
                                    found.computeIfAbsent(
                                                    fetch.sandbox() + "/" + parts[2],
                                                    _ -> empty(fetch))
                                            .refs()
                                            .put(parts[3], each.getValue().hex()));
        }
        return List.copyOf(found.values());
    }

    private static OldCommits empty(Fetch fetch) {
        return new OldCommits(fetch.sandbox(), fetch.time(), new TreeMap<>());
    }

    private static Optional<Fetch> fetch(String[] parts) {
        if (parts.length < PARTS
                || !SandboxName.isValid(parts[0])
                || !RefReader.OLD.equals(parts[1] + "/")) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Fetch(
                            new SandboxName(parts[0]), LetGo.TIME.parse(parts[2], Instant::from)));
        } catch (DateTimeException notOurs) {
            return Optional.empty();
        }
    }

    /// Only what was seen: when one of them is another commit by now, nothing is dropped.
    void drop(OldCommits old) throws InterruptedException {
        try (RepositoryLock _ = Namespace.lock(old.sandbox(), asOwner, layout)) {
            var instructions = new StringBuilder();
            for (Map.Entry<String, String> each : old.refs().entrySet()) {
                instructions.append(
                        "delete " + old.place() + each.getKey() + '\0' + each.getValue() + '\0');
            }
            if (pins.areThere(old.sandbox())) {
                for (String object : new LinkedHashSet<>(old.refs().values())) {
                    instructions.append(Pins.pinning(old.sandbox(), new ObjectId(object)));
                }
            }
            Command.Finished dropped =
                    git.updateRefs("keystone-agent: prune", instructions.toString());
            if (!dropped.ok()) {
                throw Git.failed(dropped.errors());
            }
        }
    }
}
