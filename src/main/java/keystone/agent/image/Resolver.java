package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Chooses versions: what the package sources have now.
@FunctionalInterface
interface Resolver {
    /// Asks the package sources.
    ///
    /// @param work a build's own directory
    /// @param packages what an image needs, without what those need in turn
    Versions newest(Path work, List<String> packages) throws IOException, InterruptedException;
}
