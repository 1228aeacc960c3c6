package keystone.agent.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import keystone.agent.guest.GuestConfig;
import keystone.agent.json.Json;
import keystone.agent.model.SandboxName;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// `make bench-shares`: what a project's files cost in a guest, for every share driver, against the
/// host, the guest's own disk, and a QEMU and virtiofsd started by hand.
///
/// The sandboxes and their project are its own and are removed at the end; the image is the user's.
/// The steps are those of `bench/share.py`.
public final class ShareBench {
    private static final Path STEPS = Path.of("src/it/resources/bench/share.py");
    private static final String HOST = "host";
    private static final String DISK = "guest disk";
    private static final String VIRTIOFS = "virtiofs";
    private static final String MAPPED = "9p-mapped";
    private static final String BY_HAND = "by hand";

    /// Made of many small files, each of which is asked for by name.
    private static final List<String> SMALL =
            List.of("untar 5000 files", "install 1000 packages", "rm of 5000 files");

    private final Path directory;
    private final Runs runs;
    private final String program =
            System.getProperty("keystone.agent.launcher", "bin/keystone-agent");
    private final SandboxName name = new SandboxName("bench-" + ProcessHandle.current().pid());

    /// Seconds, by column and step. Where a column was measured twice, the lesser.
    private final Map<String, Map<String, Double>> seen = new LinkedHashMap<>();

    private Duration latency = Duration.ZERO;

    private ShareBench(Path directory) {
        this.directory = directory;
        this.runs = new Runs(directory);
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("keystone-bench");
        var bench = new ShareBench(directory);
        try {
            bench.measure();
            bench.print();
        } finally {
            var _ = bench.runs.status(bench.ours("destroy", "-f", bench.name.value()));
            Bench.deleteTree(directory);
        }
    }

    private void measure() throws Exception {
        Path project = Files.createDirectories(directory.resolve("project"));
        Files.copy(STEPS, project.resolve("share.py"));
        record(HOST, List.of("python3", STEPS.toString(), directory + "/steps"));
        start(project, VIRTIOFS);
        record(DISK, inGuest("/home/sandbox/steps"));
        record(VIRTIOFS, inGuest("/workspace/steps"));
        say("events");
        latency = EventLatency.measure(project, ours("exec", name.value(), "--"));
        byHand(project);
        start(project, VIRTIOFS);
        record(VIRTIOFS, inGuest("/workspace/steps"));
        stop();
        for (String driver : List.of("9p", MAPPED)) {
            start(project, driver);
            record(driver, inGuest("/workspace/steps"));
            stop();
        }
    }

    private void start(Path project, String driver) throws Exception {
        say(driver);
        runs.time(
                ours("start", project.toString(), "--name", name.value(), "-d", "--share", driver));
    }

    private void stop() throws Exception {
        runs.time(ours("stop", name.value()));
    }

    private void byHand(Path project) throws Exception {
        SandboxDir dir = new Store(Bench.places()).find(name).orElseThrow();
        Json.Obj status =
                Json.parse(runs.output(ours("status", name.value(), "--json"))).asObject();
        long qemu = status.number("pid");
        var machine = new RawMachine(qemu, Files.createDirectory(directory.resolve("raw")));
        var server = new RawVirtiofsd(qemu, runs, directory);
        Files.write(
                machine.configFile(),
                RawMachine.config(dir, GuestConfig.FileSystem.VIRTIOFS).tar());
        stop();
        int owner = (Integer) Files.getAttribute(project, "unix:uid");
        machine.useDisk(dir.disk());
        say(BY_HAND);
        give(project, RawVirtiofsd.GUEST_USER);
        for (int turn = 0; turn < 2; turn++) {
            Process serving = server.serve(project, machine.shareSocket(), runs);
            try (RawMachine.Booted booted = machine.boot(runs, Bench.rawSsh(dir))) {
                record(BY_HAND, booted.in("python3 /workspace/share.py /workspace/steps"));
            } finally {
                serving.destroy();
                Files.deleteIfExists(machine.shareSocket());
            }
        }
        give(project, owner);
    }

    private void give(Path project, int owner) throws Exception {
        runs.time(List.of("chown", "-R", owner + ":" + owner, project.toString()));
    }

    private List<String> inGuest(String where) {
        return ours("exec", name.value(), "--", "python3", "/workspace/share.py", where);
    }

    private void record(String column, List<String> command) throws Exception {
        Map<String, Double> steps = seen.computeIfAbsent(column, _ -> new LinkedHashMap<>());
        for (String line : runs.output(command).lines().toList()) {
            String[] step = line.split("\t", 2);
            steps.merge(step[0], Double.valueOf(step[1]), Math::min);
        }
        // Should a later column fail, this one is not lost.
        System.err.println("  " + steps);
    }

    private void print() {
        System.out.printf(Locale.ROOT, "%-24s", "seconds");
        seen.keySet().forEach(column -> System.out.printf(Locale.ROOT, "%12s", column));
        System.out.println();
        for (String step : column(HOST).keySet()) {
            System.out.printf(Locale.ROOT, "%-24s", step);
            for (Map<String, Double> column : seen.values()) {
                System.out.printf(Locale.ROOT, "%12.2f", column.get(step));
            }
            System.out.println();
        }
        System.out.println();
        goal(VIRTIOFS, BY_HAND, List.copyOf(column(HOST).keySet()), "at most 1.1", 0, 1.1);
        goal(MAPPED, VIRTIOFS, SMALL, "at least 3", 3, Double.MAX_VALUE);
        System.out.printf(
                Locale.ROOT,
                "written on the host, told in the guest: %d ms  goal 1000: %s%n",
                latency.toMillis(),
                latency.toMillis() <= 1000 ? "met" : "MISSED");
    }

    private void goal(
            String slow, String fast, List<String> steps, String goal, double least, double most) {
        double ratio = sum(slow, steps) / sum(fast, steps);
        System.out.printf(
                Locale.ROOT,
                "%s against %s, %s: %.2f  goal %s: %s%n",
                slow,
                fast,
                steps.equals(SMALL) ? "small files" : "all steps",
                ratio,
                goal,
                ratio >= least && ratio <= most ? "met" : "MISSED");
    }

    private double sum(String column, List<String> steps) {
        return steps.stream().mapToDouble(column(column)::get).sum();
    }

    private Map<String, Double> column(String name) {
        return Objects.requireNonNull(seen.get(name), name);
    }

    private List<String> ours(String... arguments) {
        return Stream.concat(Stream.of(program), Stream.of(arguments)).toList();
    }

    private static void say(String news) {
        System.out.println("Measuring " + news);
    }
}
