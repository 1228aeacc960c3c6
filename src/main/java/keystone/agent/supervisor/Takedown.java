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

    /// Until somebody who was told to stop asking has stopped.
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Machine machine;
    private final Guest guest;
    private final SupervisorLog log;

    Takedown(Machine machine, Guest guest, SupervisorLog log) {
        this.machine = machine;
        this.guest = guest;
        this.log = log;
    }

    /// One way to bring the machine to its end.
    ///
    /// @param name what is asked for, as in "the machine did not …"
    /// @param limit from the moment of asking until the machine has ended: a guest or a monitor
    ///     that hears nothing must not hold up the next way by not answering either
    private record Way(String name, Duration limit, Asking asking) {}

    private interface Asking {
        void ask() throws InterruptedException;
    }

    /// Returns when the machine's own process has ended, or had to be left to [Machine#close]; at
    /// the latest after the sum of the ways' limits.
    void ask(StopMode mode) throws InterruptedException {
        var quit = new Way("quit", QUIT, machine::quit);
        List<Way> ways =
                switch (mode) {
                    case GRACEFUL ->
                            List.of(
                                    new Way("power off", POWER_OFF, guest::powerOff),
                                    new Way("obey its button", BUTTON, machine::pressPowerButton),
                                    quit);
                    case FORCE -> List.of(quit);
                };
        for (Way way : ways) {
            if (endsBy(way)) {
                return;
            }
            log.line(
                    "the machine did not %s within %d s"
                            .formatted(way.name(), way.limit().toSeconds()));
        }
        log.line("the machine did not end by itself and is killed");
    }

    private boolean endsBy(Way way) throws InterruptedException {
        Thread asking = Thread.ofVirtual().name("takedown").start(() -> attempt(way));
        try {
            return machine.awaitEnd(way.limit());
        } finally {
            asking.interrupt();
            asking.join(LAST_WORDS);
        }
    }

    private void attempt(Way way) {
        try {
            way.asking().ask();
        } catch (InterruptedException passed) {
            // The machine has ended, or its next way is due.
        } catch (RuntimeException unreachable) {
            log.line(
                    "the machine could not be asked to %s: %s"
                            .formatted(way.name(), unreachable.getMessage()));
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
