package keystone.agent.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import keystone.agent.guest.GuestConfig;
import keystone.agent.json.Json;
import keystone.agent.model.SandboxName;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// `scripts/bench egress`: what the exit costs against a trivial proxy behind an `ssh -R` of one's
/// own, and against the network that QEMU has when nothing is closed.
///
/// The sandbox and its project are its own and are removed at the end; the image is the user's. The
/// steps are those of `bench/exit.py`, which runs in the guest and does them by each way in turns.
public final class ExitBench {
    private static final Path STEPS = Path.of("src/it/resources/bench/exit.py");
    private static final String MODEL = "api.anthropic.com";
    private static final String PASSWORD = "changeit";
    private static final String OPEN_PROXY = "127.0.0.1:3199";

    private final Path directory;
    private final Runs runs;
    private final Report report = new Report(System.out);
    private final String program =
            System.getProperty("keystone.agent.launcher", "bin/keystone-agent");
    private final SandboxName name = new SandboxName("bench-" + ProcessHandle.current().pid());

    private ExitBench(Path directory) {
        this.directory = directory;
        this.runs = new Runs(directory);
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("keystone-bench");
        var bench = new ExitBench(directory);
        try {
            bench.measure();
        } finally {
            var _ = bench.runs.status(bench.ours("destroy", "-f", bench.name.value()));
            Bench.deleteTree(directory);
        }
    }

    private void measure() throws Exception {
        Path project = Files.createDirectories(directory.resolve("project"));
        Files.copy(STEPS, project.resolve("exit.py"));
        try (var service = new BareService(certified());
                BareProxy world = BareProxy.onLoopback(Map.of(MODEL + ":443", service.tlsPort()));
                BareProxy _ = BareProxy.on(directory.resolve("proxy"))) {
            report.say("Starting a sandbox to measure with");
            start(project, world);
            runs.time(
                    ours(
                            "net",
                            "allow",
                            "--host-port",
                            Integer.toString(service.port()),
                            "--name",
                            name.value()));
            SandboxDir dir = new Store(Bench.places()).find(name).orElseThrow();
            Seen seen = besideForward(dir, service);
            report.header();
            report(seen, "forward", true);
            besideOpenNetwork(dir, service, seen);
        }
    }

    /// A key store with a certificate for the model's name, and what trusts it.
    private SSLContext certified() throws Exception {
        Path store = directory.resolve("service.p12");
        String keytool = Path.of(System.getProperty("java.home"), "bin/keytool").toString();
        List<String> common =
                List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-alias", "service");
        runs.time(
                joined(
                        List.of(keytool, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + MODEL),
                        common,
                        List.of("-validity", "2", "-ext", "san=dns:" + MODEL)));
        runs.time(
                joined(
                        List.of(keytool, "-exportcert", "-rfc", "-file", bundle().toString()),
                        common));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private Path bundle() {
        return directory.resolve("service.pem");
    }

    private void start(Path project, BareProxy world) throws Exception {
        runs.time(
                joined(
                        List.of(
                                "env",
                                "https_proxy=http://127.0.0.1:" + world.port(),
                                "no_proxy=localhost,127.0.0.1",
                                "SSL_CERT_FILE=" + bundle(),
                                "ANTHROPIC_API_KEY=a-key-of-the-bench"),
                        ours("start", project.toString(), "--name", name.value(), "-d"),
                        // The driver that a machine started by hand has without a server beside it.
                        List.of("--share", "9p")));
    }

    /// Milliseconds by step and way.
    private record Seen(Map<String, List<Duration>> all) {
        List<Duration> of(String step, String way) {
            return Objects.requireNonNull(all.get(step + " " + way), step + " " + way);
        }

        void add(String lines) {
            for (String line : lines.lines().toList()) {
                String[] words = line.split("\t", -1);
                all.computeIfAbsent(words[0] + " " + words[1], _ -> new ArrayList<>())
                        .add(Duration.ofNanos((long) (Double.parseDouble(words[2]) * 1e6)));
            }
        }
    }

    private Seen besideForward(SandboxDir dir, BareService service) throws Exception {
        long port =
                Json.parse(runs.output(ours("status", name.value(), "--json")))
                        .asObject()
                        .object("ssh")
                        .number("port");
        Process forward =
                runs.start(
                        joined(
                                Bench.rawSsh(dir),
                                List.of(
                                        "-N",
                                        "-o",
                                        "ExitOnForwardFailure=yes",
                                        "-R",
                                        OPEN_PROXY + ":" + directory.resolve("proxy"),
                                        "-p",
                                        Long.toString(port),
                                        "sandbox@127.0.0.1")));
        try {
            var seen = new Seen(new LinkedHashMap<>());
            String open = "127.0.0.1:" + service.port();
            String through = "host.keystone.internal:" + service.port();
            while (runs.status(inGuest("sh", "-c", "ss -Hltn | grep -q " + OPEN_PROXY)) != 0) {
                if (!forward.isAlive()) {
                    throw new IOException("the forward to compare with has ended");
                }
            }
            seen.add(
                    runs.output(
                            inGuest(
                                    "python3",
                                    "/workspace/exit.py",
                                    "forward=" + OPEN_PROXY + "," + open,
                                    "exit=127.0.0.1:3128," + through,
                                    "events=https://"
                                            + MODEL
                                            + ":443,forward,"
                                            + open
                                            + ",ANTHROPIC_API_KEY")));
            return seen;
        } finally {
            forward.destroy();
        }
    }

    private void besideOpenNetwork(SandboxDir dir, BareService service, Seen ours)
            throws Exception {
        long qemu =
                Json.parse(runs.output(ours("status", name.value(), "--json")))
                        .asObject()
                        .number("pid");
        var machine = new RawMachine(qemu, Files.createDirectory(directory.resolve("raw")));
        Files.write(
                machine.configFile(), RawMachine.config(dir, GuestConfig.FileSystem.NINE_P).tar());
        Path steps = Files.createDirectories(directory.resolve("raw/share"));
        runs.time(ours("stop", name.value()));
        machine.useDisk(dir.disk());
        machine.openNetwork();
        try (RawMachine.Booted booted = machine.boot(runs, Bench.rawSsh(dir))) {
            var seen = new Seen(new LinkedHashMap<>(ours.all()));
            Files.copy(STEPS, steps.resolve("exit.py"));
            var _ = runs.status(booted.in("sudo nft flush ruleset"));
            seen.add(
                    runs.output(
                            booted.in(
                                    "python3 /workspace/exit.py open=none,10.0.2.2:"
                                            + service.port())));
            report(seen, "open", false);
        }
    }

    private void report(Seen seen, String other, boolean hasGoal) {
        for (String step : List.of("connect", "bulk", "at_once")) {
            var pairs = new Pairs(seen.of(step, "exit"), seen.of(step, other));
            report.pair(
                    step.replace('_', ' ') + ", " + other,
                    pairs,
                    hasGoal ? "1 / 0.9 at most" : "none",
                    !hasGoal || pairs.ratio() <= 1 / 0.9);
        }
        if (hasGoal) {
            List<Duration> events = seen.of("event", "exit");
            Duration later = new Pairs(events, events).ourMedian();
            report.single(
                    "an event, later by",
                    later.toNanos() / 1e6,
                    "ms",
                    "5 at most",
                    later.toMillis() < 5);
        }
    }

    private List<String> inGuest(String... command) {
        return joined(ours("exec", name.value(), "--"), List.of(command));
    }

    private List<String> ours(String... arguments) {
        return joined(List.of(program), List.of(arguments));
    }

    @SafeVarargs
    private static List<String> joined(List<String>... parts) {
        var all = new ArrayList<String>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }
}
