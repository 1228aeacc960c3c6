package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.model.StopMode;
import org.jspecify.annotations.Nullable;

/// Starting, stopping, finding and removing sandboxes.
@SuppressWarnings("DoNotCallSuggester")
public final class Sandboxes {
    public Started start(StartRequest request, StartListener listener) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public boolean stop(SandboxName name, StopMode mode) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public Started restart(SandboxName name, Settings settings, StartListener listener)
            throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void destroy(SandboxName name) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public List<Prunable> prunable() throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void prune(Prunable prunable) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public List<Observation> list() throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public Observation status(SandboxName name) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public SandboxName choose(@Nullable String name, Path directory) {
        throw new UnsupportedOperationException();
    }

    public Path project(Path directory) {
        throw new UnsupportedOperationException();
    }
}
