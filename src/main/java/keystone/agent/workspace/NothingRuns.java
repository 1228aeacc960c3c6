package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.model.ShareDriver;

/// The service of drivers that are part of the machine.
record NothingRuns(ShareDriver driver, String reason) implements ShareService {
    @Override
    public Map<String, Path> sockets() {
        return Map.of();
    }

    @Override
    public void requireServing() {
        // The machine serves them itself.
    }

    @Override
    public void close() {
        // There is nothing to end.
    }
}
