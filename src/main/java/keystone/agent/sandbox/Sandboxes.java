package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import org.jspecify.annotations.Nullable;

/// Starting, stopping, finding and removing sandboxes.
@SuppressWarnings("DoNotCallSuggester")
public final class Sandboxes {
    /// How firmly `stop` goes about it.
    public enum StopMode {
        GRACEFUL,
        FORCE
    }

    public Started start(StartRequest request, StartListener listener) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void stop(SandboxName name, StopMode mode, StartListener listener)
            throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public Started restart(SandboxName name, Settings settings, StartListener listener)
            throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void destroy(SandboxName name, StartListener listener) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public List<Prunable> prunable() {
        throw new UnsupportedOperationException();
    }

    public void prune(Prunable prunable) {
        throw new UnsupportedOperationException();
    }

    public List<Observation> list() {
        throw new UnsupportedOperationException();
    }

    public Observation status(SandboxName name) {
        throw new UnsupportedOperationException();
    }

    public SandboxName choose(@Nullable String name, Path directory) {
        throw new UnsupportedOperationException();
    }

    public Path project(Path directory) {
        throw new UnsupportedOperationException();
    }
}
