package keystone.agent.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.devshell.Devshells;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.sandbox.Observation.Intact;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// Finds and removes what nobody needs any more; sandboxes it only points at.
final class Pruning {
    private final Store store;
    private final Devshells devshells;

    Pruning(Store store, Devshells devshells) {
        this.store = store;
        this.devshells = devshells;
    }

    List<Prunable> find() {
        var found = new ArrayList<Prunable>();
        for (Path leftover : store.halfDone(Instant.now())) {
            found.add(new Prunable(leftover, "a command that made or removed it was killed"));
        }
        for (Path devshell : devshells.abandoned()) {
            found.add(new Prunable(devshell, "the devshell of a project that is not there"));
        }
        return found;
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
        if (devshells.abandoned().contains(prunable.path())) {
            devshells.forget(prunable.path());
        } else {
            store.removeHalfDone(prunable.path());
        }
    }
}
