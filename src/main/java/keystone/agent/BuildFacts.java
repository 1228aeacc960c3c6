package keystone.agent;

import java.io.IOException;
import java.io.InputStream;
import java.util.jar.Manifest;
import keystone.agent.cli.Surroundings.Build;

/// Which program this is, as its jar says.
final class BuildFacts {
    private BuildFacts() {}

    static Build ofThisJar() {
        return new Build(version(), commit());
    }

    /// Costs nothing: the class loader has read it already. The commit costs opening the jar again.
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "in development" : version;
    }

    private static String commit() {
        try (InputStream file = Main.class.getResourceAsStream("/META-INF/MANIFEST.MF")) {
            String commit =
                    file == null
                            ? null
                            : new Manifest(file).getMainAttributes().getValue("Build-Commit");
            return commit == null ? "unknown" : commit;
        } catch (IOException unreadable) {
            return "unknown";
        }
    }
}
