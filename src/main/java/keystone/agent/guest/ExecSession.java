package keystone.agent.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Signal;

/// One command in the guest, seen from the process that asked for it: carries its three streams,
/// passes signals on, and waits for its end.
///
/// Plain threads, and nothing loaded that a command without trouble does not need: this is on the
/// path of every `exec`.
final class ExecSession {
    private static final int CHUNK = 64 << 10;
    private static final Duration A_LONG_TIME = Duration.ofDays(365);

    private final OwnedProcess ssh;
    private final ExecStreams streams;
    private final SessionSignals signals;

    ExecSession(OwnedProcess ssh, ExecStreams streams, SessionSignals signals) {
        this.ssh = ssh;
        this.streams = streams;
        this.signals = signals;
    }

    /// The command's exit status, 128 and a signal's number when one ended it.
    int toTheEnd() throws InterruptedException {
        thread("standard input", () -> carry(streams.input(), ssh.input(), ssh.input()));
        Thread errors =
                thread("standard error", () -> carry(ssh.errors(), streams.errors(), ssh.errors()));
        try (HostSignals _ =
                HostSignals.listen(
                        signal -> signals.received(signal, ssh),
                        Signal.INT,
                        Signal.TERM,
                        Signal.HUP)) {
            carry(ssh.output(), streams.output(), ssh.output());
            errors.join();
            OptionalInt status = ssh.awaitExit(A_LONG_TIME);
            Integer killed = signals.statusWhenKilled();
            return killed != null ? killed : status.orElse(SshFailure.STATUS);
        } finally {
            if (ssh.isAlive()) {
                ssh.close();
            }
        }
    }

    private static Thread thread(String name, Runnable work) {
        // A daemon: nothing can end a read of a terminal.
        return Thread.ofPlatform().daemon().name(name).start(work);
    }

    /// Byte for byte, at once, until either side ends; closes the one that is ssh's, which tells
    /// the
    /// other end.
    private static void carry(InputStream from, OutputStream to, AutoCloseable ofSsh) {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                to.write(chunk, 0, n);
                to.flush();
            }
        } catch (IOException oneSideEnded) {
            // Such as `exec … | head`: the command learns of it by its own write.
        } finally {
            closeQuietly(ofSsh);
        }
    }

    private static void closeQuietly(AutoCloseable stream) {
        try {
            stream.close();
        } catch (Exception alreadyBroken) {
            // Nothing is lost: whoever reads it sees its end either way.
        }
    }
}
