package keystone.agent.machine.qemu;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.machine.Machine;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Posix;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.Signal;

/// A QEMU whose monitor has answered, to its end.
///
/// @param process what we started: the first of the chain that ends in QEMU
/// @param identity QEMU itself
/// @param ended how, once nothing of it is left
record RunningQemu(
        OwnedProcess process,
        Streams streams,
        Qmp qmp,
        int port,
        ProcessIdentity identity,
        CompletableFuture<String> ended)
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
        var ended = new CompletableFuture<String>();
        var running = new RunningQemu(process, streams, qmp, port, identity, ended);
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
            if (!isGone()) {
                Posix.signal(identity, Signal.KILL);
            }
            streams.drain();
        } catch (InterruptedException nobodyInterruptsThisThread) {
            Thread.currentThread().interrupt();
        }
        qmp.close();
        String how = events.ending(status, streams.complaints());
        ended.complete(how);
        listener.ended(how);
    }

    private boolean isGone() throws InterruptedException {
        var handle = ProcessHandle.of(identity.pid());
        if (handle.isEmpty() || !identity.isAlive()) {
            return true;
        }
        try {
            handle.get().onExit().get(DEATH.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException alive) {
            return !identity.isAlive();
        }
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
            ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    @Override
    public void close() {
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
