package keystone.agent.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import keystone.agent.json.Json;
import keystone.agent.model.SandboxName;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// `scripts/bench tasks`: what a task costs beyond the same work started by hand over ssh in the
/// same guest, and what many watchers and a long log cost.
///
/// The sandbox and its project are its own and are removed at the end; the image is the user's.
public final class TaskBench {
    private static final int TURNS = 3;
    private static final int WATCHERS = 10;
    private static final int UPDATES = 100_000;
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final Path AGENT = Path.of("src/it/resources/tasks/agent.py");

    /// As long as a small task of a real agent's takes.
    private static final String WORK =
            "echo begun; python3 -c 'import time; e = time.time() + 20\nwhile time.time() < e: pass'; echo done";

    private final Path directory;
    private final Path project;
    private final Runs runs;
    private final Report report = new Report(System.out);
    private final String program =
            System.getProperty("keystone.agent.launcher", "bin/keystone-agent");
    private final SandboxName name = new SandboxName("bench-" + ProcessHandle.current().pid());

    private TaskBench(Path directory) throws IOException {
        this.directory = directory;
        this.project = Files.createDirectories(directory.resolve("project"));
        this.runs = new Runs(directory);
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("keystone-bench");
        var bench = new TaskBench(directory);
        try {
            bench.measure();
        } finally {
            var _ = bench.runs.status(bench.ours("destroy", "-f", bench.name.value()));
            Bench.deleteTree(directory);
        }
    }

    /// When the first was heard, and when it was over.
    private record Times(Duration first, Duration whole) {}

    private void measure() throws Exception {
        Files.writeString(project.resolve("README"), "hello\n");
        for (List<String> git :
                List.of(
                        List.of("init", "--quiet"),
                        List.of("add", "."),
                        List.of(
                                "-c",
                                "user.name=b",
                                "-c",
                                "user.email=b@b",
                                "commit",
                                "-qm",
                                "Begin"))) {
            var command = new ArrayList<>(List.of("git", "-C", project.toString()));
            command.addAll(git);
            runs.time(command);
        }
        report.say("Starting a sandbox to measure with");
        runs.time(ours("start", project.toString(), "--name", name.value(), "-d"));
        runs.time(ours("cp", AGENT.toString(), name + ":/home/sandbox/agent.py"));
        SandboxDir dir = new Store(Bench.places()).find(name).orElseThrow();
        report.header();
        overhead(dir);
        flood();
    }

    private void overhead(SandboxDir dir) throws Exception {
        var first = new ArrayList<List<Duration>>(List.of(new ArrayList<>(), new ArrayList<>()));
        var whole = new ArrayList<List<Duration>>(List.of(new ArrayList<>(), new ArrayList<>()));
        for (int turn = 0; turn <= TURNS; turn++) {
            List<List<String>> both =
                    List.of(
                            ours("task", "run", "--in", name.value(), "--agent", "shell", WORK),
                            byHand(dir));
            for (int i = 0; i < both.size(); i++) {
                Times times = times(both.get(i));
                if (turn > 0) {
                    first.get(i).add(times.first());
                    whole.get(i).add(times.whole());
                }
            }
        }
        pair("first update, over ssh", new Pairs(first.get(0), first.get(1)));
        pair("task done, over ssh", new Pairs(whole.get(0), whole.get(1)));
    }

    private void pair(String what, Pairs pairs) {
        Duration most =
                pairs.bareMedian().multipliedBy(105).dividedBy(100).plus(Duration.ofMillis(300));
        report.pair(what, pairs, "1.05 x and 0.3 s", pairs.ourMedian().compareTo(most) <= 0);
    }

    /// Over the connection that is there already.
    private static List<String> byHand(SandboxDir dir) {
        return List.of(
                "ssh",
                "-F",
                dir.run().sshConfig().toString(),
                "ks-" + dir.name() + ".shared",
                "cd /workspace && exec bash -c '" + WORK.replace("'", "'\\''") + "'");
    }

    private Times times(List<String> command) throws Exception {
        long began = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .directory(project.toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectError(
                                ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
                        .start();
        int some = process.getInputStream().read();
        Duration first = Duration.ofNanos(System.nanoTime() - began);
        process.getInputStream().readAllBytes();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)
                || process.exitValue() != 0
                || some < 0) {
            process.destroyForcibly();
            throw new IOException(
                    String.join(" ", command)
                            + " failed:\n"
                            + Files.readString(directory.resolve("log"), StandardCharsets.UTF_8));
        }
        return new Times(first, Duration.ofNanos(System.nanoTime() - began));
    }

    /// A task of very many updates, with watchers from its beginning.
    private void flood() throws Exception {
        String id =
                runs.output(
                                ours(
                                        "task",
                                        "submit",
                                        "--in",
                                        name.value(),
                                        "--agent",
                                        "scripted",
                                        "--command",
                                        "python3 /home/sandbox/agent.py",
                                        "flood " + UPDATES))
                        .strip();
        var watchers = new ArrayList<Process>();
        var heard = new ArrayList<Path>();
        for (int i = 0; i < WATCHERS; i++) {
            Path file = directory.resolve("watcher-" + i);
            heard.add(file);
            watchers.add(
                    new ProcessBuilder(ours("task", "follow", id))
                            .redirectOutput(file.toFile())
                            .redirectError(directory.resolve("log").toFile())
                            .start());
        }
        for (Process each : watchers) {
            if (!each.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || each.exitValue() != 0) {
                throw new IOException("a watcher did not see the task's end");
            }
        }
        long end = System.nanoTime();
        Json.Obj task = Json.parse(runs.output(ours("task", "show", id, "--json"))).asObject();
        Duration took =
                Duration.between(
                        Instant.parse(task.string("startedAt")),
                        Instant.parse(task.string("endedAt")));
        long lag =
                Instant.now().toEpochMilli()
                        - Instant.parse(task.string("endedAt")).toEpochMilli()
                        - Duration.ofNanos(System.nanoTime() - end).toMillis();
        for (Path each : heard) {
            if (Files.mismatch(each, heard.getFirst()) >= 0) {
                throw new IOException("two watchers heard different things");
            }
        }
        report.single("flood of updates, the task", took.toMillis() / 1000.0, "s", "none", true);
        report.single(
                WATCHERS + " watchers, after its end", lag / 1000.0, "s", "2 at most", lag <= 2000);
        Pairs.Job replaying = () -> runs.time(ours("task", "follow", id));
        Duration replay = Pairs.measure(TURNS, replaying, replaying).ourMedian();
        report.single(
                "replay of " + UPDATES,
                replay.toMillis() / 1000.0,
                "s",
                "2 at most",
                replay.toMillis() < 2000);
        Json.Obj status =
                Json.parse(runs.output(ours("status", name.value(), "--json"))).asObject();
        long peak = Bench.peakKib(status.number("supervisorPid"));
        report.single(
                "supervisor, peak memory", peak / 1024.0, "MiB", "90 at most", peak <= 90 * 1024);
    }

    private List<String> ours(String... arguments) {
        var command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return command;
    }
}
