package keystone.agent.git;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskId;
import keystone.agent.process.Command;

/// The refs that keep what tasks have made: found, and dropped.
final class KeptTasks {
    private static final String ALL = "refs/keystone/";
    private static final int PARTS = 3;

    private final Git git;
    private final RefReader reader;
    private final AsOwner asOwner;
    private final Layout layout;
    private final Pins pins;

    KeptTasks(Git git, RefReader reader, AsOwner asOwner, Layout layout) {
        this.pins = new Pins(git, reader, asOwner, layout);
        this.git = git;
        this.reader = reader;
        this.asOwner = asOwner;
        this.layout = layout;
    }

    /// Finds those of all sandboxes that this repository knows, also of those that are gone.
    List<KeptTask> all() throws InterruptedException {
        var found = new ArrayList<KeptTask>();
        reader.matching(ALL, List.of("*/" + RefReader.TASKS + "*"))
                .forEach((ref, commit) -> of(ref, commit).ifPresent(found::add));
        return found;
    }

    private static Optional<KeptTask> of(String ref, ObjectId commit) {
        String[] parts = ref.split("/", -1);
        boolean isOne =
                parts.length == PARTS
                        && SandboxName.isValid(parts[0])
                        && parts[1].equals("tasks")
                        && TaskId.isValid(parts[2]);
        return isOne
                ? Optional.of(
                        new KeptTask(new SandboxName(parts[0]), new TaskId(parts[2]), commit.hex()))
                : Optional.empty();
    }

    /// Only what was seen: when it is another commit by now, nothing is dropped.
    void drop(KeptTask kept) throws InterruptedException {
        try (RepositoryLock _ = Namespace.lock(kept.sandbox(), asOwner, layout)) {
            var instructions = new StringBuilder(delete(kept.ref(), kept.commit()));
            if (pins.areThere(kept.sandbox())) {
                instructions.append(Pins.pinning(kept.sandbox(), new ObjectId(kept.commit())));
            }
            String branches = RefReader.fetched(kept.sandbox()) + "task/";
            for (Map.Entry<String, ObjectId> each : reader.below(branches).entrySet()) {
                boolean isOfIt =
                        each.getKey().equals(kept.task().value())
                                || each.getKey().startsWith(kept.task() + "-");
                if (isOfIt && each.getValue().hex().equals(kept.commit())) {
                    instructions.append(delete(branches + each.getKey(), kept.commit()));
                }
            }
            Command.Finished dropped =
                    git.updateRefs("keystone-agent: prune", instructions.toString());
            if (!dropped.ok()) {
                throw Git.failed(dropped.errors());
            }
        }
    }

    private static String delete(String ref, String commit) {
        return "delete " + ref + '\0' + commit + '\0';
    }
}
