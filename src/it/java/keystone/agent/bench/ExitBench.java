package keystone.agent.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.model.SandboxName;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// `scripts/bench egress`: what the exit adds to a forward of ssh's to a proxy that does nothing
/// but pass on, for programs that know a proxy and for those that are redirected.
///
/// The sandbox and its project are its own and are removed at the end; the image is the user's.
public final class ExitBench {
    private static final Path PROGRAM = Path.of("src/it/resources/bench/exit.py");
    private static final int BARE = 3200;
    private static final int OURS = 3128;
    private static final double GOAL = 1 / 0.9;
    private static final Duration EVENT = Duration.ofMillis(5);

    private final Runs runs;
    private final Report report = new Report(System.out);
    private final String program =
            System.getProperty("keystone.agent.launcher", "bin/keystone-agent");
    private final SandboxName name = new SandboxName("bench-" + ProcessHandle.current().pid());

    private ExitBench(Path directory) {
        this.runs = new Runs(directory);
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("keystone-bench");
        var bench = new ExitBench(directory);
        try (var service = new BareService();
                var proxy = new BareProxy(service.port())) {
            bench.measure(service.port(), proxy.port());
        } finally {
            var _ = bench.runs.status(bench.ours("destroy", "-f", bench.name.toString()));
            Bench.deleteTree(directory);
        }
    }

    private void measure(int service, int proxy) throws Exception {
        Path project = Files.createDirectories(runs.directory().resolve("project"));
        Files.copy(PROGRAM, project.resolve("exit.py"));
        report.say("Starting a sandbox to measure with");
        var _ = runs.time(ours("start", project.toString(), "--name", name.toString(), "-d"));
        var _ = runs.time(ours("net", "allow", "--host-port", "" + service, "--name", "" + name));
        SandboxDir dir = new Store(Bench.places()).find(name).orElseThrow();
        Process forward = runs.start(bareForward(dir, proxy));
        try {
            report.header();
            row("connect and hear a byte", "connect", 7, service);
            Pairs bytes = row("32 MiB", "bytes", 3, service);
            Pairs event = row("a byte there and back", "event", 5, service);
            row("200 connections at once", "crowd", 3, service);
            report.single(
                    "throughput, of the bare one's",
                    1 / bytes.ratio(),
                    "",
                    "0.9 at least",
                    bytes.ratio() <= GOAL);
            report.single(
                    "added to an event",
                    event.difference().toNanos() / 2e6,
                    "ms",
                    "5 ms at most",
                    event.difference().dividedBy(2).compareTo(EVENT) <= 0);
        } finally {
            forward.destroy();
        }
    }

    private Pairs row(String what, String measured, int turns, int service) throws Exception {
        Pairs proxied =
                Pairs.measure(
                        turns,
                        () -> inGuest("" + OURS, service, measured),
                        () -> inGuest("" + BARE, service, measured));
        report.pair(what, proxied, "ratio at most 1.11", proxied.ratio() <= GOAL);
        Pairs redirected =
                Pairs.measure(
                        turns,
                        () -> inGuest("plain", service, measured),
                        () -> inGuest("" + BARE, service, measured));
        report.pair("  redirected", redirected, "none", true);
        return proxied;
    }

    private Duration inGuest(String way, int service, String measured) throws Exception {
        String nanos =
                runs.output(
                        ours(
                                "exec",
                                name.toString(),
                                "--",
                                "python3",
                                "-I",
                                "/workspace/exit.py",
                                way,
                                "" + service,
                                measured));
        return Duration.ofNanos(Long.parseLong(nanos.strip()));
    }

    private List<String> bareForward(SandboxDir dir, int proxy) {
        return List.of(
                "ssh",
                "-F",
                dir.run().sshConfig().toString(),
                "-N",
                "-o",
                "ExitOnForwardFailure=yes",
                "-R",
                "127.0.0.1:%d:127.0.0.1:%d".formatted(BARE, proxy),
                "ks-" + name);
    }

    private List<String> ours(String... arguments) {
        return Stream.concat(Stream.of(program), Stream.of(arguments)).toList();
    }
}
