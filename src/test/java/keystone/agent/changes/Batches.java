package keystone.agent.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.model.HostChange;
import keystone.agent.model.HostChange.Content;
import keystone.agent.model.HostChange.Entry;

/// Asks for batches, with a limit.
final class Batches {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// Longer than any batch waits.
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private Batches() {}

    static List<HostChange> batch(ProjectChanges changes) throws Exception {
        return within(LIMIT, changes).orElseThrow(() -> new AssertionError("nothing was told of"));
    }

    static void assertSilent(ProjectChanges changes) throws Exception {
        assertThat(within(LONG_ENOUGH, changes)).as("nothing should have been told of").isEmpty();
    }

    /// A batch that has come of what was just done; empty when it was told of to nobody, as where
    /// nobody looks yet.
    static Optional<List<HostChange>> soon(ProjectChanges changes) throws Exception {
        return within(ONE_SECOND, changes);
    }

    /// A batch; empty when none has come by then, after which nobody waits for one.
    private static Optional<List<HostChange>> within(Duration limit, ProjectChanges changes)
            throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<HostChange>> next = threads.submit(changes::next);
            try {
                return Optional.of(next.get(limit.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException silent) {
                next.cancel(true);
                return Optional.empty();
            }
        }
    }

    /// What is told until those are among it: what a test does in several steps, a busy host may
    /// tell in several batches.
    static List<HostChange> until(ProjectChanges changes, HostChange... wanted) throws Exception {
        var told = new ArrayList<HostChange>();
        while (!told.containsAll(List.of(wanted))) {
            told.addAll(batch(changes));
        }
        return told;
    }

    /// When the files of a batch were modified, each of which is in it once.
    static Map<String, Long> versions(List<HostChange> changes) {
        var versions = new HashMap<String, Long>();
        for (HostChange change : changes) {
            Long twice =
                    switch (change) {
                        case Entry(String path, long modified) -> versions.put(path, modified);
                        case Content(String path, long modified) -> versions.put(path, modified);
                        default -> throw new AssertionError(change);
                    };
            assertThat(twice).isNull();
        }
        return versions;
    }
}
