package keystone.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Keeps a process the program that it was started from, when another is installed in its place.
///
/// Classes and resources are read when they are first needed, and a jar is opened by its path when
/// something is first looked for in it. A supervisor lives for weeks: by then the path may lead to
/// a later jar, whose classes do not go with those that it has loaded. An open jar stays what it
/// was, as installing never writes into a file that is there.
final class OpenJars {
    private static final String NOWHERE = "keystone/agent/no-jar-has-this";
    private static final String OWN = "/META-INF/MANIFEST.MF";

    private OpenJars() {}

    /// Opens all that there are, for as long as this process lives.
    static void hold() {
        // By the class loader, which has to look into each.
        var _ = OpenJars.class.getClassLoader().getResource(NOWHERE);
        // Resources are read by a connection, which opens ours once more, and keeps it, too.
        try (InputStream own = OpenJars.class.getResourceAsStream(OWN)) {
            boolean _ = own != null && own.read() >= 0;
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read this program's jar", unreadable);
        }
    }
}
