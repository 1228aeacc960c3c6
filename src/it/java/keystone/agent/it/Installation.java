package keystone.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Patience;
import keystone.agent.store.Places;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import org.jspecify.annotations.Nullable;

/// One user's keystone-agent with homes of its own: whatever a test does here, nobody else sees.
///
/// Its root's path is in the environment of every command, so [Kernel#processesWith] finds whatever
/// descends from one. Closing it destroys its sandboxes and fails when anything outlives that.
public final class Installation implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration GONE = Duration.ofSeconds(10);

    /// Of images, and the names of sandboxes that were destroyed.
    private static final List<String> OF_NO_SANDBOX =
            List.of("image.lock", "image.indexes", ".removed");

    private final Path root;
    private final Path disk;
    private final Origin origin;
    private final List<String> asUser;

    private Installation(Path root, Path disk, Origin origin, List<String> asUser) {
        this.root = root;
        this.disk = disk;
        this.origin = origin;
        this.asUser = List.copyOf(asUser);
    }

    /// Whoever runs the tests.
    public static Installation create() throws IOException {
        Path root = newRoot();
        return prepared(new Installation(root, root, Origin.ofThisBuild(), List.of()));
    }

    /// Keeps what outlives a command on another file system.
    ///
    /// @param disk an empty directory that lasts longer than the installation
    public static Installation on(Path disk) throws IOException {
        return prepared(new Installation(newRoot(), disk, Origin.ofThisBuild(), List.of()));
    }

    /// The same, with a copy of the shared base image, to which other things can be added.
    public static Installation withOwnCacheOn(Path disk) throws IOException, InterruptedException {
        Path root = newRoot();
        Origin origin = Origin.ofThisBuild().withCache(root.resolve("cache"));
        Installation home = prepared(new Installation(root, disk, origin, List.of()));
        PrivateFiles.createDirectories(home.images());
        SharedImage.copyTo(origin.cache());
        return home;
    }

    /// With images of its own to add to and to remove: at first a copy of the shared base image.
    public static Installation withOwnImages() throws IOException, InterruptedException {
        Installation home = withOwnCache();
        SharedImage.copyTo(home.origin.cache());
        return home;
    }

    /// The same, with its images on another file system.
    ///
    /// @param disk an empty directory that lasts longer than the installation
    public static Installation withOwnImagesOn(Path disk) throws IOException, InterruptedException {
        Path root = newRoot();
        Installation home = withCache(root, disk.resolve("cache"));
        SharedImage.copyTo(home.origin.cache());
        return home;
    }

    /// With no image, but all that one is built from.
    public static Installation readyToBuild() throws IOException, InterruptedException {
        Installation home = withOwnCache();
        SharedImage.copyPackagesTo(home.origin.cache());
        return home;
    }

    private static Installation withOwnCache() throws IOException {
        Path root = newRoot();
        return withCache(root, root.resolve("cache"));
    }

    private static Installation withCache(Path root, Path cache) throws IOException {
        Origin origin = Origin.ofThisBuild().withCache(cache);
        Installation home = prepared(new Installation(root, root, origin, List.of()));
        PrivateFiles.createDirectories(home.images());
        return home;
    }

    /// Another user of this host; only root can be everybody.
    ///
    /// @param prefix a command that runs its arguments as that user
    public static Installation as(Owner user, List<String> prefix)
            throws IOException, InterruptedException {
        Path root = newRoot();
        var home = prepared(new Installation(root, root, Origin.copyIn(root), prefix));
        Origin.ofThisBuild().copyTo(root);
        home.giveTo(user);
        return home;
    }

    /// Gives it a virtiofsd; it must have a cache of its own.
    public Installation withVirtiofsd() throws IOException, InterruptedException {
        if (origin.equals(Origin.ofThisBuild())) {
            throw new IllegalStateException("every other installation would get it, too");
        }
        Virtiofsd.giveTo(origin.cache());
        return this;
    }

    private static Path newRoot() throws IOException {
        // Short: Unix sockets live below it.
        Path root = Files.createTempDirectory("ks-it-");
        letOthersPass(root);
        return root;
    }

    /// A project may be another user's.
    private static void letOthersPass(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /// For whoever builds the image.
    static Installation withoutImage() throws IOException {
        Path root = newRoot();
        return withDirectories(new Installation(root, root, Origin.ofThisBuild(), List.of()));
    }

    private static Installation prepared(Installation home) throws IOException {
        withDirectories(home);
        SharedImage.lendTo(home);
        return home;
    }

    private static Installation withDirectories(Installation home) throws IOException {
        for (String each : List.of("home", "run", "projects")) {
            PrivateFiles.createDirectories(home.root.resolve(each));
        }
        PrivateFiles.createDirectories(home.state());
        letOthersPass(home.projects());
        return home;
    }

    private void giveTo(Owner user) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.toList()) {
                Files.setAttribute(each, "unix:uid", user.uid());
                Files.setAttribute(each, "unix:gid", user.gid());
            }
        }
    }

    /// A command of keystone-agent, to be run in the user's home directory.
    public Invocation keystone(String... arguments) {
        return program(launcher(), arguments);
    }

    /// The same by another way to the program.
    public Invocation program(Path program, String... arguments) {
        var command = new ArrayList<>(asUser);
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return new Invocation(command, environment(), userHome());
    }

    /// What starts the program.
    public Path launcher() {
        return origin.launcher();
    }

    private Map<String, @Nullable String> environment() {
        var environment = new TreeMap<String, @Nullable String>();
        for (String inherited : System.getenv().keySet()) {
            if (inherited.startsWith("KEYSTONE_AGENT_")) {
                environment.put(inherited, null);
            }
        }
        environment.put("HOME", userHome().toString());
        environment.put("XDG_STATE_HOME", disk.resolve("state").toString());
        environment.put("XDG_CONFIG_HOME", root.resolve("config").toString());
        environment.put("XDG_CACHE_HOME", origin.cache().toString());
        environment.put("XDG_RUNTIME_DIR", root.resolve("run").toString());
        // Nothing of a test appears on the desktop of whoever runs it.
        environment.put("DBUS_SESSION_BUS_ADDRESS", null);
        return environment;
    }

    /// A new small git project.
    ///
    /// @param name its directory, below [#projects]; any characters
    public Project project(String name) throws InterruptedException {
        return Project.create(projects().resolve(name));
    }

    /// Starts a small sandbox around a project and waits until it is usable.
    public Sandbox start(Project project, String... flags) throws InterruptedException {
        Ended started = starting(project, flags).run().succeeds();
        return sandboxOf(project, started);
    }

    /// The same, still to be run.
    public Invocation starting(Project project, String... flags) {
        var arguments = new ArrayList<>(List.of("start", "-d", "--memory", "512m", "--cpus", "1"));
        arguments.addAll(List.of(flags));
        arguments.add(project.path().toString());
        return keystone(arguments.toArray(String[]::new)).within(START);
    }

    private Sandbox sandboxOf(Project project, Ended started) {
        List<SandboxDir> all = new Store(places()).all();
        return all.stream()
                .filter(dir -> dir.spec().project().equals(project.path()))
                .findFirst()
                .map(dir -> new Sandbox(this, dir, project))
                .orElseThrow(() -> new AssertionError("no sandbox was made\n" + started));
    }

    /// A sandbox that is there already.
    public Sandbox sandbox(String name, Project project) {
        SandboxDir dir = new Store(places()).find(new SandboxName(name)).orElseThrow();
        return new Sandbox(this, dir, project);
    }

    public Path root() {
        return root;
    }

    public Path userHome() {
        return root.resolve("home");
    }

    public Path projects() {
        return root.resolve("projects");
    }

    /// Where the sandboxes' directories are.
    public Path state() {
        return disk.resolve("state/keystone-agent");
    }

    /// Where the run directories are, while there are any.
    public Path runtime() {
        return root.resolve("run/keystone-agent");
    }

    /// Where the images are, shared ones unless this installation has its own.
    public Path images() {
        return origin.cache().resolve("keystone-agent/images");
    }

    /// What can be made again.
    public Path cache() {
        return origin.cache().resolve("keystone-agent");
    }

    private Places places() {
        return new Places(state(), origin.cache(), root.resolve("config"), runtime());
    }

    /// The names of the directories of all sandboxes, and of whatever else is kept beside them.
    public List<String> kept() {
        return list(state()).filter(name -> !OF_NO_SANDBOX.contains(name)).toList();
    }

    /// The names of the run directories.
    public List<String> runs() {
        return list(runtime()).toList();
    }

    private static Stream<String> list(Path directory) {
        String[] names = directory.toFile().list();
        return names == null ? Stream.empty() : Stream.of(names).sorted();
    }

    /// Whatever descends from a command that was run here.
    public List<Kernel.Seen> processes() {
        return Kernel.processesWith(root.toString());
    }

    /// Every log's end and every process, for whoever reads a failure.
    public String diagnosis() {
        return Diagnosis.of(this);
    }

    @Override
    public void close() {
        try {
            destroyAll();
            boolean gone = Patience.until(GONE, () -> processes().isEmpty());
            if (!gone || !runs().isEmpty()) {
                throw new AssertionError("something outlived its sandbox\n" + diagnosis());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            processes().forEach(left -> Kernel.kill(left.pid()));
            PrivateFiles.deleteTree(disk.resolve("state"));
            PrivateFiles.deleteTree(root);
        }
    }

    /// Every sandbox that there is.
    public void destroyAll() throws InterruptedException {
        List<String> names = kept().stream().filter(SandboxName::isValid).toList();
        if (!names.isEmpty()) {
            var arguments = new ArrayList<>(List.of("destroy", "-f"));
            arguments.addAll(names);
            keystone(arguments.toArray(String[]::new)).run().succeeds();
        }
    }
}
