package keystone.agent.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.guest.GuestConfig;
import keystone.agent.json.Json;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// `make bench`: what this program adds to the bare tools below it, measured in pairs.
///
/// The sandbox and its project are its own and are removed at the end; the image is the user's.
public final class Bench {
    private static final int QUICK_TURNS = 15;
    private static final int BOOT_TURNS = 3;
    private static final int STOPPED = 50;
    private static final Path LIST = Path.of("src/it/resources/bench/list.py");

    private final Path directory;
    private final Runs runs;
    private final Report report = new Report(System.out);
    private final String program =
            System.getProperty("keystone.agent.launcher", "bin/keystone-agent");
    private final SandboxName name = new SandboxName("bench-" + ProcessHandle.current().pid());

    private Bench(Path directory) {
        this.directory = directory;
        this.runs = new Runs(directory);
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("keystone-bench");
        var bench = new Bench(directory);
        try {
            bench.measure();
        } finally {
            var _ = bench.runs.status(bench.ours("destroy", "-f", name(bench)));
            deleteTree(directory);
        }
    }

    private static String name(Bench bench) {
        return bench.name.toString();
    }

    static Places places() {
        try {
            int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Places.from(System.getenv(), uid);
        } catch (IOException notLinux) {
            throw new IllegalStateException("there is no /proc here", notLinux);
        }
    }

    private void measure() throws Exception {
        Path project = Files.createDirectories(directory.resolve("project"));
        report.say("Starting a sandbox to measure with");
        runs.time(
                ours(
                        "start",
                        project.toString(),
                        "--name",
                        name.toString(),
                        "-d",
                        // The driver that every host has.
                        "--share",
                        "9p"));
        SandboxDir dir = new Store(places()).find(name).orElseThrow();

        report.header();
        Pairs list = Pairs.measure(QUICK_TURNS, job(ours("list")), job(java(Empty.class)));
        report.pair("list, an empty JVM", list, "ratio at most 2", list.ratio() <= 2);
        besidePython();
        listMany();

        Pairs exec =
                Pairs.measure(
                        QUICK_TURNS,
                        job(ours("exec", name.toString(), "--", "true")),
                        job(sshOverMaster(dir)));
        report.pair(
                "exec, ssh over the master",
                exec,
                "one empty JVM more at most",
                exec.difference().compareTo(list.bareMedian()) <= 0);

        decideImage();
        Json.Obj status =
                Json.parse(runs.output(ours("status", name.toString(), "--json"))).asObject();
        long peak = peakKib(status.number("supervisorPid"));
        report.single(
                "supervisor, peak memory", peak / 1024.0, "MiB", "90 at most", peak <= 90 * 1024);

        start(
                dir,
                new RawMachine(
                        status.number("pid"), Files.createDirectory(directory.resolve("raw"))));
    }

    /// What a short program in the language that most such tools are written in takes for the same.
    private void besidePython() throws Exception {
        Path state = places().state();
        Pairs.Job list = job(List.of("python3", LIST.toString(), state.toString(), "list"));
        Pairs lists = Pairs.measure(QUICK_TURNS, job(ours("list")), list);
        report.pair("list, argparse and json", lists, "ratio at most 1", lists.ratio() <= 1);
        Pairs.Job status =
                job(List.of("python3", LIST.toString(), state.toString(), "status", name.value()));
        Pairs shown = Pairs.measure(QUICK_TURNS, job(ours("status", name.value())), status);
        report.pair("status, argparse and json", shown, "ratio at most 1", shown.ratio() <= 1);
        Pairs help = Pairs.measure(QUICK_TURNS, job(ours("start", "--help")), list);
        report.pair("start --help, the same", help, "ratio at most 1", help.ratio() <= 1);
        Pairs other =
                Pairs.measure(
                        QUICK_TURNS, job(ours("config", "show", "--json")), job(java(Empty.class)));
        report.pair("config show, an empty JVM", other, "ratio at most 3", other.ratio() <= 3);
    }

    /// Beyond the bare start of a JVM.
    private void listMany() throws Exception {
        Path home = directory.resolve("many");
        var store = new Store(Places.from(Map.of("KEYSTONE_AGENT_HOME", home.toString()), 0));
        for (int i = 0; i < STOPPED; i++) {
            store.create(stopped(new SandboxName("stopped-" + i)), "bench");
        }
        var command = new ArrayList<>(List.of("env", "KEYSTONE_AGENT_HOME=" + home));
        command.addAll(ours("list"));
        Pairs list = Pairs.measure(QUICK_TURNS, job(command), job(java(Empty.class)));
        report.pair(
                "list of " + STOPPED + ", an empty JVM",
                list,
                "50 ms more at most",
                list.difference().toMillis() <= 50);
    }

    private SandboxSpec stopped(SandboxName each) {
        Digest image = Digest.of("image");
        return new SandboxSpec(
                each,
                directory.resolve(each.value()),
                image,
                BuildId.create(image),
                Resources.DEFAULT,
                ShareDriver.AUTO,
                GitMode.AUTO,
                EgressPolicy.USUAL,
                PortsPolicy.USUAL,
                List.of(),
                null);
    }

    private void decideImage() throws Exception {
        List<String> decision = asLaunched(ImageDecision.class);
        runs.output(decision);
        long nanos = Long.parseLong(runs.output(decision).strip());
        report.single("image decision", nanos / 1e6, "ms", "50 at most", nanos <= 50_000_000);
    }

    private void start(SandboxDir dir, RawMachine raw) throws Exception {
        Files.write(raw.configFile(), RawMachine.config(dir, GuestConfig.FileSystem.NINE_P).tar());
        stop();
        raw.useDisk(dir.disk());
        Pairs start =
                Pairs.measure(
                        BOOT_TURNS,
                        () -> {
                            Duration took =
                                    runs.time(ours("start", "--name", name.toString(), "-d"));
                            stop();
                            return took;
                        },
                        () -> raw.bootOnce(runs, rawSsh(dir)));
        report.pair(
                "start, QEMU and an ssh loop", start, "ratio at most 1.15", start.ratio() <= 1.15);
    }

    private void stop() throws Exception {
        runs.time(ours("stop", name.toString()));
    }

    /// The same keys and the same pinned host key, but no connection that is there already.
    static List<String> rawSsh(SandboxDir dir) {
        return List.of(
                "ssh",
                "-F",
                "none",
                "-i",
                dir.ssh().resolve("id_ed25519").toString(),
                "-o",
                "UserKnownHostsFile=" + dir.ssh().resolve("known_hosts"),
                "-o",
                "HostKeyAlias=ks-" + dir.name(),
                "-o",
                "BatchMode=yes",
                "-o",
                "ConnectTimeout=1");
    }

    private List<String> sshOverMaster(SandboxDir dir) {
        String config = dir.run().sshConfig().toString();
        return List.of("ssh", "-F", config, "ks-" + name + ".shared", "true");
    }

    static long peakKib(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        return Files.readAllLines(status, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /// With the jar, the flags and the cache that our launcher would take.
    private static List<String> asLaunched(Class<?> main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:AOTCache=target/app/keystone-agent.aot",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:-UseContainerSupport",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                "target/app/keystone-agent.jar:target/bench",
                main.getName());
    }

    /// With the flags of our launcher.
    private static List<String> java(Class<?> main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:-UseContainerSupport",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }

    private List<String> ours(String... arguments) {
        return Stream.concat(Stream.of(program), Stream.of(arguments)).toList();
    }

    private Pairs.Job job(List<String> command) {
        return () -> runs.time(command);
    }

    static void deleteTree(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
