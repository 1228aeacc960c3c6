package keystone.agent.sandbox;

import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.sandbox.Observation.Intact;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// Finds and removes what nobody needs any more; sandboxes it only points at.
final class Pruning {
    private final Store store;

    Pruning(Store store) {
        this.store = store;
    }

    List<Prunable> find() {
        return store.halfDone(Instant.now()).stream()
                .map(
                        leftover ->
                                new Prunable(
                                        leftover, "a command that made or removed it was killed"))
                .toList();
    }

    /// Stopped sandboxes whose project is not there. Never removed for that: a disk may be
    /// unplugged, a repository moved away for an hour.
    List<Orphan> orphans() throws InterruptedException {
        var orphans = new ArrayList<Orphan>();
        var observer = Observer.ofThisHost();
        for (SandboxDir dir : store.all()) {
            if (observer.observe(dir) instanceof Intact(SandboxSpec spec, SandboxState.Stopped _, _)
                    && !Files.isDirectory(spec.project())) {
                orphans.add(new Orphan(dir.name(), spec.project()));
            }
        }
        return orphans;
    }

    void remove(Prunable prunable) {
        store.removeHalfDone(prunable.path());
    }
}
