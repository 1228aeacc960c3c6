package keystone.agent.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxState;
import keystone.agent.model.StopMode;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.SupervisorLock;
import keystone.agent.supervisor.SupervisorClient;

/// Finds and removes what nobody needs any more.
final class Pruning {
    private final Store store;

    Pruning(Store store) {
        this.store = store;
    }

    List<Prunable> find() throws InterruptedException {
        var found = new ArrayList<Prunable>();
        var observer = Observer.ofThisHost();
        for (SandboxDir dir : store.all()) {
            Observation seen = observer.observe(dir);
            boolean down = seen.state() instanceof SandboxState.Stopped;
            if (down && !Files.isDirectory(seen.spec().project())) {
                found.add(
                        new Prunable(
                                dir.name().value(),
                                "its project is gone: " + seen.spec().project()));
            }
        }
        for (Path leftover : store.halfDone(Instant.now())) {
            found.add(
                    new Prunable(
                            leftover.toString(), "a command that made or removed it was killed"));
        }
        return found;
    }

    void remove(Prunable prunable) throws InterruptedException {
        if (!SandboxName.isValid(prunable.what())) {
            store.removeHalfDone(Path.of(prunable.what()));
            return;
        }
        SandboxDir dir = store.find(new SandboxName(prunable.what())).orElseThrow();
        Ending.stop(dir, StopMode.FORCE, SupervisorClient.Listener.none());
        try (SupervisorLock _ = Ending.lock(dir, StopMode.FORCE)) {
            store.remove(dir);
        }
    }
}
