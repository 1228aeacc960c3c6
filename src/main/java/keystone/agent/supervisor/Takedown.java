package keystone.agent.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import keystone.agent.guest.Guest;
import keystone.agent.machine.Machine;
import keystone.agent.model.StopMode;
import keystone.agent.process.LoopbackPort;
import keystone.agent.process.Patience;
import keystone.agent.store.RunDir;

/// Takes a machine down, politely first, and verifies that it is gone.
final class Takedown {
    /// A guest under emulation needs some seconds to stop its services and unmount its disk.
    private static final Duration POWER_OFF = Duration.ofSeconds(30);

    private static final Duration BUTTON = Duration.ofSeconds(10);
    private static final Duration PORT = Duration.ofSeconds(1);
    private static final Duration QUIT = Duration.ofSeconds(5);

    private final Machine machine;
    private final Guest guest;
    private final SupervisorLog log;

    Takedown(Machine machine, Guest guest, SupervisorLog log) {
        this.machine = machine;
        this.guest = guest;
        this.log = log;
    }

    /// Returns when the machine's own process has ended, or had to be left to [Machine#close].
    void ask(StopMode mode) throws InterruptedException {
        List<Runnable> ways =
                switch (mode) {
                    case GRACEFUL -> List.of(this::powerOff, this::pressButton, this::quit);
                    case FORCE -> List.of(this::quit);
                };
        List<Duration> limits =
                switch (mode) {
                    case GRACEFUL -> List.of(POWER_OFF, BUTTON, QUIT);
                    case FORCE -> List.of(QUIT);
                };
        for (int i = 0; i < ways.size(); i++) {
            ways.get(i).run();
            if (machine.awaitEnd(limits.get(i))) {
                return;
            }
        }
        log.line("the machine did not end by itself and is killed");
    }

    private void powerOff() {
        attempt(guest::powerOff);
    }

    private void pressButton() {
        log.line("the guest did not power off within " + POWER_OFF.toSeconds() + " s");
        attempt(machine::pressPowerButton);
    }

    private void quit() {
        attempt(machine::quit);
    }

    private interface Asking {
        void ask() throws InterruptedException;
    }

    private void attempt(Asking asking) {
        try {
            asking.ask();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException unreachable) {
            log.line("the machine could not be asked: " + unreachable.getMessage());
        }
    }

    /// After everything was closed: no process of the run is left and its port is free.
    ///
    /// @return what somebody should know: a foreign program that has taken the port meanwhile
    static Optional<String> verify(RunDir run, int port) throws InterruptedException {
        Leftovers.endProcesses(run);
        var loopback = new LoopbackPort(port);
        // The kernel closes a dead process's sockets a moment after it has disappeared.
        if (Patience.until(PORT, loopback::isFree)) {
            return Optional.empty();
        }
        return Optional.of(
                loopback.holder()
                        .map(
                                holder ->
                                        "port %d is now held by `%s` (pid %d), which is not ours"
                                                .formatted(port, holder.program(), holder.pid()))
                        .orElse("port " + port + " is now held by a process of another user"));
    }
}
