package keystone.agent.machine.qemu;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.machine.Machine;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import keystone.agent.process.Posix;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.Signal;

/// A QEMU whose monitor has answered, to its end. Thread-safe.
final class RunningQemu implements Owned.Ending {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration DEATH = Duration.ofSeconds(10);

    private final OwnedProcess process;
    private final Streams streams;
    private final Report report;
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile boolean endWasAskedFor;

    /// What QEMU told when it reported.
    ///
    /// @param port on 127.0.0.1, to the guest's port 22
    /// @param identity QEMU itself, behind whatever stands between us and it
    record Report(Qmp qmp, MachineEvents events, int port, ProcessIdentity identity) {}

    private RunningQemu(OwnedProcess process, Streams streams, Report report) {
        this.process = process;
        this.streams = streams;
        this.report = report;
    }

    /// Tells the listener about its end from now on.
    static RunningQemu watch(
            OwnedProcess process, Streams streams, Report report, Machine.Listener listener) {
        var running = new RunningQemu(process, streams, report);
        process.onExit(
                status ->
                        Thread.ofVirtual()
                                .name("end of QEMU")
                                .start(() -> running.conclude(status, listener)));
        return running;
    }

    int port() {
        return report.port();
    }

    long pid() {
        return report.identity().pid();
    }

    /// The first of the chain has ended; what is behind it may not have.
    private void conclude(int status, Machine.Listener listener) {
        try {
            process.close();
            if (!Patience.until(DEATH, () -> !report.identity().isAlive())) {
                Posix.signal(report.identity(), Signal.KILL);
            }
            streams.drain();
        } catch (InterruptedException nobodyInterruptsThisThread) {
            Thread.currentThread().interrupt();
        } finally {
            report.qmp().close();
            gone.countDown();
        }
        if (endWasAskedFor) {
            listener.ended();
            return;
        }
        report.events()
                .fault(status, streams.complaints())
                .ifPresentOrElse(listener::died, listener::ended);
    }

    /// Asks QEMU for something whose effect shows elsewhere. When it no longer answers there is
    /// no effect, which is what its caller has to watch for anyway.
    void ask(String command) throws InterruptedException {
        try {
            report.qmp().execute(command, Json.object(), ANSWER);
        } catch (IOException | JsonException unheard) {
            // See above.
        }
    }

    boolean awaitEnd(Duration limit) throws InterruptedException {
        return gone.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        endWasAskedFor = true;
        process.close();
        boolean interrupted = Thread.interrupted();
        try {
            if (!awaitEnd(DEATH.multipliedBy(2))) {
                throw new IllegalStateException("QEMU (pid " + pid() + ") does not end");
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
