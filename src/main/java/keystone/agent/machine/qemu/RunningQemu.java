package keystone.agent.machine.qemu;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.machine.Machine;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import keystone.agent.process.Posix;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.Signal;

/// A QEMU whose monitor has answered, to its end.
///
/// @param process what we started: the first of the chain that ends in QEMU
/// @param identity QEMU itself
/// @param asked whether its end was asked for, by closing it
/// @param gone completed once nothing of it is left
record RunningQemu(
        OwnedProcess process,
        Streams streams,
        Qmp qmp,
        int port,
        ProcessIdentity identity,
        AtomicBoolean asked,
        CompletableFuture<Void> gone)
        implements Owned.Ending {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration DEATH = Duration.ofSeconds(10);

    /// Tells the listener about its end from now on.
    static RunningQemu watch(
            OwnedProcess process,
            Streams streams,
            Qmp qmp,
            MachineEvents events,
            int port,
            ProcessIdentity identity,
            Machine.Listener listener) {
        var running =
                new RunningQemu(
                        process,
                        streams,
                        qmp,
                        port,
                        identity,
                        new AtomicBoolean(),
                        new CompletableFuture<>());
        process.onExit(
                status ->
                        Thread.ofVirtual()
                                .name("end of QEMU")
                                .start(() -> running.conclude(status, events, listener)));
        return running;
    }

    /// The first of the chain has ended; what is behind it may not have.
    private void conclude(int status, MachineEvents events, Machine.Listener listener) {
        process.close();
        try {
            if (!Patience.until(DEATH, () -> !identity.isAlive())) {
                Posix.signal(identity, Signal.KILL);
            }
            streams.drain();
        } catch (InterruptedException nobodyInterruptsThisThread) {
            Thread.currentThread().interrupt();
        }
        qmp.close();
        gone.complete(null);
        if (asked.get()) {
            listener.ended();
            return;
        }
        events.fault(status, streams.complaints()).ifPresentOrElse(listener::died, listener::ended);
    }

    /// Asks QEMU for something whose effect shows elsewhere. When it no longer answers there is
    /// no effect, which is what its caller has to watch for anyway.
    void ask(String command) throws InterruptedException {
        try {
            qmp.execute(command, Json.object(), ANSWER);
        } catch (IOException | JsonException unheard) {
            // See above.
        }
    }

    boolean awaitEnd(Duration limit) throws InterruptedException {
        try {
            gone.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    @Override
    public void close() {
        asked.set(true);
        process.close();
        boolean interrupted = Thread.interrupted();
        try {
            if (!awaitEnd(DEATH.multipliedBy(2))) {
                throw new IllegalStateException("QEMU (pid " + identity.pid() + ") does not end");
            }
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
