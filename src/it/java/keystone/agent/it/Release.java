package keystone.agent.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import keystone.agent.process.Command;

/// A keystone-agent of another version, made of this build's: for what happens when one takes the
/// place of the other. It is installed as `make install` does it.
public final class Release {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SPEAKER = "keystone/agent/supervisor/Speaker";
    private static final String PROTOCOL = "int PROTOCOL = ";

    private final Path checkout;

    private Release(Path checkout) {
        this.checkout = checkout;
    }

    /// This very build.
    ///
    /// @param checkout a directory that is not there yet
    public static Release ofThisBuild(Path checkout) throws IOException, InterruptedException {
        Path built = Origin.ofThisBuild().launcher().resolve("../..").normalize();
        for (String part : List.of("bin", "scripts", "packaging", "target/app")) {
            Origin.copy(built.resolve(part), checkout.resolve(part));
        }
        return new Release(checkout);
    }

    /// Its own folder of jars and caches.
    private Path app() {
        return checkout.resolve("target/app");
    }

    private Path jar() {
        return app().resolve("keystone-agent.jar");
    }

    /// Calls it another version.
    public Release named(String version, String commit) throws IOException {
        return changed(
                jar -> {
                    Path file = jar.getPath("META-INF/MANIFEST.MF");
                    var manifest = new Manifest();
                    try (var in = Files.newInputStream(file)) {
                        manifest.read(in);
                    }
                    manifest.getMainAttributes()
                            .put(
                                    Attributes.Name.IMPLEMENTATION_VERSION,
                                    "%s+%s".formatted(version, commit));
                    try (OutputStream out = Files.newOutputStream(file)) {
                        manifest.write(out);
                    }
                });
    }

    /// Has it speak the next protocol: its supervisors and its commands.
    public Release withNextProtocol() throws IOException {
        String source = Files.readString(Path.of("src/main/java/" + SPEAKER + ".java"));
        int at = source.indexOf(PROTOCOL) + PROTOCOL.length();
        int end = source.indexOf(';', at);
        int next = Integer.parseInt(source.substring(at, end)) + 1;
        Path changed =
                Files.createDirectories(checkout.resolve("next/keystone/agent/supervisor"))
                        .resolve("Speaker.java");
        Files.writeString(changed, source.substring(0, at) + next + source.substring(end));
        Path classes = Files.createDirectories(checkout.resolve("next/classes"));
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                jar() + ":" + app().resolve("lib/*"),
                                "-d",
                                classes.toString(),
                                changed.toString());
        if (status != 0) {
            throw new AssertionError("it does not compile: " + changed);
        }
        return changed(
                jar ->
                        Files.copy(
                                classes.resolve(SPEAKER + ".class"),
                                jar.getPath(SPEAKER + ".class"),
                                StandardCopyOption.REPLACE_EXISTING));
    }

    /// Takes classes away, as a later version may have it.
    ///
    /// @param glob of paths in the jar
    public Release without(String glob) throws IOException {
        return changed(
                jar -> {
                    PathMatcher matcher = jar.getPathMatcher("glob:" + glob);
                    var doomed = new ArrayList<Path>();
                    try (Stream<Path> all = Files.walk(jar.getPath("/keystone"))) {
                        all.filter(matcher::matches).forEach(doomed::add);
                    }
                    if (doomed.isEmpty()) {
                        throw new AssertionError("nothing matches " + glob);
                    }
                    for (Path each : doomed) {
                        Files.delete(each);
                    }
                });
    }

    private interface Change {
        void in(FileSystem jar) throws IOException;
    }

    /// Without the caches of loaded classes, which are of the jar that it was.
    private Release changed(Change change) throws IOException {
        try (Stream<Path> files = Files.list(app())) {
            for (Path each : files.filter(file -> file.toString().endsWith(".aot")).toList()) {
                Files.delete(each);
            }
        }
        try (FileSystem jar = FileSystems.newFileSystem(jar())) {
            change.in(jar);
        }
        return this;
    }

    /// Puts it where another may be.
    ///
    /// @return what starts it
    public Path install(Path prefix) throws InterruptedException {
        Command.Finished installed =
                Command.of(checkout.resolve("scripts/install").toString(), prefix.toString())
                        .run(LIMIT);
        if (!installed.ok()) {
            throw new AssertionError(installed);
        }
        return prefix.resolve("bin/keystone-agent");
    }
}
