package keystone.agent.sandbox;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.image.LayerGuest;
import keystone.agent.image.LayerGuests;
import keystone.agent.model.Image;
import keystone.agent.model.Progress;
import keystone.agent.store.Places;
import keystone.agent.supervisor.SupervisorParts;
import keystone.agent.supervisor.TemporaryGuest;

/// Boots the guests in which layers are made.
record BuildGuests(SupervisorParts parts, Path runtime) implements LayerGuests {
    @Override
    public LayerGuest boot(Image base, Path directory, Progress progress)
            throws InterruptedException {
        TemporaryGuest guest = TemporaryGuest.boot(base, parts, places(directory), progress);
        return new AsRoot(guest);
    }

    /// The disk is large, the sockets need a short path.
    private Places places(Path directory) {
        return new Places(
                directory.resolve("state"),
                directory.resolve("cache"),
                directory.resolve("config"),
                runtime);
    }

    private record AsRoot(TemporaryGuest temporary) implements LayerGuest {
        @Override
        public int run(
                List<String> command, InputStream input, OutputStream output, OutputStream errors)
                throws InterruptedException {
            var asRoot = new ArrayList<>(List.of("sudo", "-n", "--"));
            asRoot.addAll(command);
            return temporary.guest().pipe(asRoot, input, output, errors);
        }

        @Override
        public void close() {
            temporary.close();
        }
    }
}
