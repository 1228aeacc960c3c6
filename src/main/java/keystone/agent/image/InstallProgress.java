package keystone.agent.image;

import java.util.OptionalDouble;
import java.util.function.Consumer;
import keystone.agent.model.Progress;

/// Makes progress out of what dpkg says: a package is unpacked once and set up once.
final class InstallProgress implements Consumer<String> {
    private final Progress progress;
    private final int packages;
    private int unpacked;
    private int setUp;

    InstallProgress(Progress progress, int packages) {
        this.progress = progress;
        this.packages = packages;
    }

    @Override
    public void accept(String line) {
        if (line.startsWith("Unpacking ")) {
            unpacked++;
        } else if (line.startsWith("Setting up ")) {
            setUp++;
        } else {
            return;
        }
        // Essential packages are unpacked before dpkg is there to tell.
        double done = Math.max(unpacked + setUp, 2 * setUp);
        progress.at(
                "installing " + packages + " packages",
                OptionalDouble.of(Math.min(1, done / (2.0 * packages))));
    }
}
