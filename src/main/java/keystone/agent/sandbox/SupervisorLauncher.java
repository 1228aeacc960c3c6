package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.DetachedProcess;
import keystone.agent.process.Patience;
import keystone.agent.process.ProcessTable;
import keystone.agent.process.Programs;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.supervisor.Supervisor;
import keystone.agent.supervisor.SupervisorClient;
import org.jspecify.annotations.Nullable;

/// Starts supervisors so that they outlive the command that asked for them.
///
/// Where systemd runs for the user, a supervisor is a transient service of its own: systemd then
/// ends its whole control group with it. Elsewhere it is a session of its own; its children are
/// tied to it by the kernel either way.
final class SupervisorLauncher {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(10);

    /// When there is no process of ours to wait for: systemd-run has ended, or another start's
    /// supervisor is on its way.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private static final int MOST_ATTEMPTS = 4;

    /// Until systemd kills what a supervisor did not end by itself.
    private static final Duration AFTER_TERM = Duration.ofSeconds(10);
    private static final long LARGEST_LOG = 1 << 20;
    private static final String LOGOUT =
            "systemd ends this sandbox when you log out; to keep it: loginctl enable-linger";

    /// What a supervisor needs of our environment to find the same places and programs.
    private static final List<String> PASSED_ON =
            List.of(
                    "HOME",
                    "PATH",
                    "JAVA_HOME",
                    "LC_ALL",
                    "KEYSTONE_AGENT_HOME",
                    "KEYSTONE_AGENT_HOLD_AT",
                    "XDG_STATE_HOME",
                    "XDG_CACHE_HOME",
                    "XDG_CONFIG_HOME",
                    "XDG_RUNTIME_DIR",
                    // Where nix finds its store. Not NIX_CONFIG, which may hold a token.
                    "NIX_CONF_DIR",
                    "NIX_LOCALSTATE_DIR",
                    "NIX_LOG_DIR",
                    "NIX_REMOTE",
                    "NIX_SSL_CERT_FILE",
                    "NIX_STATE_DIR",
                    "NIX_STORE_DIR",
                    // Where it finds the desktop of whoever started it.
                    "DBUS_SESSION_BUS_ADDRESS");

    private final String program;
    private final Map<String, String> environment;

    /// @param program our own launcher
    SupervisorLauncher(String program, Map<String, String> environment) {
        this.program = program;
        this.environment = Map.copyOf(environment);
    }

    /// Starts a supervisor unless one is there, and connects to whichever serves the socket.
    SupervisorClient launch(SandboxDir dir, SupervisorClient.Listener listener)
            throws InterruptedException {
        Optional<SupervisorClient> there = connect(dir, listener);
        if (there.isPresent()) {
            return there.get();
        }
        prepareLog(dir.supervisorLog());
        boolean systemd = usesSystemd();
        DetachedProcess process = begin(dir, 1);
        if (systemd && !SystemdChecks.lingers(Path.of("/"), environment)) {
            listener.notice(LOGOUT);
        }
        return awaitSocket(dir, process, listener);
    }

    private static Optional<SupervisorClient> connect(
            SandboxDir dir, SupervisorClient.Listener listener) {
        return SupervisorClient.connect(dir, listener);
    }

    private DetachedProcess begin(SandboxDir dir, int attempt) {
        Command command = usesSystemd() ? service(dir, attempt) : session(dir);
        return DetachedProcess.start(command, dir.supervisorLog());
    }

    private SupervisorClient awaitSocket(
            SandboxDir dir, DetachedProcess first, SupervisorClient.Listener listener)
            throws InterruptedException {
        DetachedProcess process = first;
        int attempt = 1;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<SupervisorClient> client = connect(dir, listener);
            if (client.isPresent()) {
                return client.get();
            }
            OptionalInt exit = process.awaitExit(LOOK);
            if (exit.isEmpty()) {
                continue;
            }
            boolean lives = dir.isSupervised() || Ending.hasSupervisor(dir);
            if (!lives && (isFailure(exit.getAsInt()) || attempt == MOST_ATTEMPTS)) {
                throw ended(dir, exit.getAsInt());
            }
            if (!lives) {
                // It found the lock held by whoever cleared up after the run before.
                attempt++;
                process = begin(dir, attempt);
            }
            boolean _ = Patience.until(LOOK_AGAIN, () -> false);
        }
        throw UserError.timedOut(
                "the supervisor of `%s` did not answer within %d s"
                        .formatted(dir.name(), LIMIT.toSeconds()),
                "keystone-agent logs %s --source supervisor".formatted(dir.name()));
    }

    private static UserError ended(SandboxDir dir, int status) {
        return UserError.failed(
                "the supervisor of `%s` ended before it could be asked for anything, with status %d"
                        .formatted(dir.name(), status),
                "keystone-agent logs %s --source supervisor".formatted(dir.name()));
    }

    /// Losing the race for the lock is no failure, and systemd-run ends well once the service runs.
    private static boolean isFailure(int status) {
        return status != 0 && status != Supervisor.ALREADY_SUPERVISED;
    }

    private boolean usesSystemd() {
        String runtime = environment.get("XDG_RUNTIME_DIR");
        return runtime != null
                && Files.exists(Path.of(runtime, "systemd", "private"))
                && Programs.locate("systemd-run").isPresent();
    }

    /// Without what it has no need of: a secret in the environment of the command that starts a
    /// sandbox must not stay in that of a process which lives for days.
    private Command session(SandboxDir dir) {
        Command command = Command.of(program, "supervise", dir.name().value());
        for (String name : environment.keySet()) {
            if (!PASSED_ON.contains(name)) {
                command = command.withEnvironment(name, null);
            }
        }
        return command.withEnvironment(ProcessTable.SUPERVISOR_MARK, dir.run().path().toString());
    }

    /// The exact call is tested; see `docs/decisions` for why it is a service and not a scope.
    Command service(SandboxDir dir, int attempt) {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "systemd-run",
                                "--user",
                                "--quiet",
                                "--collect",
                                "--unit=" + unit(dir, attempt),
                                "--description=keystone-agent sandbox " + dir.name(),
                                "--property=Type=exec",
                                "--property=KillMode=control-group",
                                "--property=TimeoutStopSec="
                                        + Supervisor.TERMINATION.plus(AFTER_TERM).toSeconds(),
                                "--property=StandardOutput=append:" + dir.supervisorLog(),
                                "--property=StandardError=append:" + dir.supervisorLog()));
        for (String name : PASSED_ON) {
            String value = name.equals("PATH") ? path() : environment.get(name);
            if (value != null) {
                arguments.add("--setenv=" + name + "=" + value);
            }
        }
        arguments.add("--setenv=" + ProcessTable.SUPERVISOR_MARK + "=" + dir.run().path());
        arguments.addAll(List.of("--", program, "supervise", dir.name().value()));
        return Command.of(arguments);
    }

    private @Nullable String path() {
        String path = environment.get("PATH");
        return path == null ? null : Programs.searchPath(path);
    }

    /// New for each attempt: the unit of the run before may need a moment to unload, and two of one
    /// name cannot be.
    private static String unit(SandboxDir dir, int attempt) {
        return "keystone-agent-%s-%d-%d"
                .formatted(dir.run().path().getFileName(), ProcessHandle.current().pid(), attempt);
    }

    private static void prepareLog(Path log) {
        try {
            // Of several starts, another one may remove it.
            if (log.toFile().length() > LARGEST_LOG) {
                Files.deleteIfExists(log);
            }
            PrivateFiles.append(log).close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + log, e);
        }
    }
}
