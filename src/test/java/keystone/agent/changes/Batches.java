package keystone.agent.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private Batches() {}

    static List<HostChange> batch(ProjectChanges changes) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.submit(changes::next).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    static void assertSilent(ProjectChanges changes) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<HostChange>> next = threads.submit(changes::next);
            try {
                assertThat(next.get(LONG_ENOUGH.toSeconds(), TimeUnit.SECONDS))
                        .as("nothing should have been told of")
                        .isNull();
            } catch (TimeoutException silent) {
                next.cancel(true);
            }
        }
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
