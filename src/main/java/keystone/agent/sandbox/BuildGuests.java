package keystone.agent.sandbox;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.image.LayerGuest;
import keystone.agent.image.LayerGuests;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Image;
import keystone.agent.model.Progress;
import keystone.agent.model.Resources;
import keystone.agent.process.HostMemory;
import keystone.agent.store.Places;
import keystone.agent.supervisor.SupervisorParts;
import keystone.agent.supervisor.TemporaryGuest;

/// Boots the guests in which layers are made.
record BuildGuests(SupervisorParts parts, Path runtime) implements LayerGuests {
    private static final long LEAST_MIB = 256;
    private static final long MOST_MIB = 1024;
    private static final int CPUS = 2;
    private static final ByteSize DISK = ByteSize.ofGib(20);

    @Override
    public LayerGuest boot(Image base, Path directory, Progress progress)
            throws InterruptedException {
        Optional<ByteSize> ofHost = HostMemory.ofThisHost().total();
        Resources resources = resources(ofHost.orElse(ByteSize.ofMib(2 * MOST_MIB)));
        return new AsRoot(TemporaryGuest.boot(base, resources, parts, places(directory), progress));
    }

    /// Enough to install packages in, on hosts too that could not give a sandbox its usual share:
    /// what is installed lies on the disk, which is sparse.
    static Resources resources(ByteSize ofHost) {
        long mib = Math.clamp(ofHost.mib() / 2, LEAST_MIB, MOST_MIB);
        return new Resources(ByteSize.ofMib(mib), CPUS, DISK);
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
            return temporary.pipe(asRoot, input, output, errors);
        }

        @Override
        public void close() {
            temporary.close();
        }
    }
}
