package keystone.agent.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.process.Patience;
import keystone.agent.process.Posix;
import keystone.agent.process.ProcessTable;
import keystone.agent.process.ProcessTable.Marked;
import keystone.agent.process.Signal;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.SupervisorLock;
import keystone.agent.supervisor.Leftovers;
import keystone.agent.supervisor.SupervisorClient;

/// Takes sandboxes down, whatever state they are in, and verifies that they are.
final class Ending {
    /// The end of tasks, the fetch of a guest's commits, its power-off, the button, QEMU's own end
    /// and the kill, one after the other: more than all their limits together, so that whoever
    /// asked does not give up before whoever does it.
    private static final Duration GRACEFUL = Duration.ofMinutes(4);

    private static final Duration FORCED = Duration.ofSeconds(20);
    private static final Duration HANG_UP = Duration.ofSeconds(10);
    private static final Duration LOCK = Duration.ofSeconds(10);
    private static final Duration LAST_MOMENTS = Duration.ofSeconds(5);

    private Ending() {}

    /// Afterwards no supervisor, no process and no run directory of the sandbox is left.
    ///
    /// @param listener hears what somebody should know, such as who has taken its port
    static void stop(SandboxDir dir, StopMode mode, SupervisorClient.Listener listener)
            throws InterruptedException {
        Optional<SupervisorClient> client = SupervisorClient.connect(dir, listener);
        if (client.isPresent()) {
            try (SupervisorClient supervisor = client.get()) {
                ask(supervisor, mode);
            }
        } else if (dir.isSupervised() && mode == StopMode.FORCE) {
            killSupervisor(dir);
        }
        try (SupervisorLock _ = lock(dir, mode)) {
            Leftovers.clear(dir.run());
        }
        awaitSupervisorGone(dir);
    }

    /// Waits until a stop that is under way has ended, however it ends.
    ///
    /// @throws UserError when it takes longer than a stop may
    static void awaitDown(SandboxDir dir) throws InterruptedException {
        Optional<SupervisorClient> client =
                SupervisorClient.connect(dir, SupervisorClient.Listener.none());
        if (client.isPresent()) {
            try (SupervisorClient supervisor = client.get()) {
                if (!supervisor.awaitEnd(GRACEFUL)) {
                    throw UserError.timedOut(
                            "sandbox `%s` is still being stopped after %d s"
                                    .formatted(dir.name(), GRACEFUL.toSeconds()),
                            "keystone-agent status " + dir.name() + "   # then again");
                }
            }
        }
        awaitSupervisorGone(dir);
    }

    /// Waits for the last moments of a supervisor that has nothing more to do, so that whoever
    /// looks next finds neither its lock nor its process.
    static void awaitSupervisorGone(SandboxDir dir) {
        var _ =
                Patience.until(
                        LAST_MOMENTS, () -> !dir.isSupervised() && supervisors(dir).isEmpty());
    }

    /// Whether the process of a supervisor lives, with or without the lock.
    static boolean hasSupervisor(SandboxDir dir) {
        return !supervisors(dir).isEmpty();
    }

    /// The supervisor processes of this sandbox; another user's process that carries the mark is
    /// not counted.
    private static List<Marked> supervisors(SandboxDir dir) {
        return ProcessTable.marked(ProcessTable.SUPERVISOR_MARK, dir.run().path()).stream()
                .filter(Marked::isOurs)
                .toList();
    }

    private static void ask(SupervisorClient supervisor, StopMode mode)
            throws InterruptedException {
        try {
            // A supervisor that ends meanwhile answers nothing; what it left is cleared below.
            supervisor.stop(mode, mode == StopMode.GRACEFUL ? GRACEFUL : FORCED);
            supervisor.awaitEnd(HANG_UP);
        } catch (UserError stuck) {
            if (mode == StopMode.GRACEFUL) {
                throw stuck;
            }
            // Forced: taking the lock below fails, and the supervisor is killed.
        }
    }

    /// With it the kernel ends its children.
    private static void killSupervisor(SandboxDir dir) {
        supervisors(dir).forEach(each -> Posix.signal(each.identity(), Signal.KILL));
    }

    /// Nobody can start the sandbox while the lock is ours.
    static SupervisorLock lock(SandboxDir dir, StopMode mode) throws InterruptedException {
        boolean killed = false;
        long deadline = System.nanoTime() + LOCK.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<SupervisorLock> lock = dir.awaitLock(Duration.ofSeconds(1));
            if (lock.isPresent()) {
                return lock.get();
            }
            if (mode == StopMode.FORCE && !killed) {
                killSupervisor(dir);
                killed = true;
            }
        }
        throw UserError.failed(
                "the supervisor of `" + dir.name() + "` does not end",
                "keystone-agent stop --force " + dir.name());
    }
}
