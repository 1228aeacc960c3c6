package keystone.agent.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import keystone.agent.process.Command;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// One ssh process that stays, from its start to its end. It prints a line once it is of use, and
/// may go on to talk.
final class MasterConnection implements Owned.Ending {
    private static final int MOST_SAID = 8 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final OwnedProcess ssh;
    private final Talk talk;
    private final StringBuilder said = new StringBuilder();
    private final Object monitor = new Object();
    private final Thread listening;
    private boolean ready;
    private boolean ended;

    /// What follows the first line, to the end of either.
    @FunctionalInterface
    interface Talk {
        void run(GuestText from, OutputStream to) throws IOException;
    }

    private MasterConnection(OwnedProcess ssh, Talk talk) {
        this.ssh = ssh;
        this.talk = talk;
        this.listening = PipeThread.start("ssh master's complaints", this::listen);
        PipeThread.start("ssh master's word", this::awaitWord);
        ssh.onExit(_ -> mark(false));
    }

    static MasterConnection start(Command command) {
        return start(command, (_, _) -> {});
    }

    static MasterConnection start(Command command, Talk talk) {
        return new MasterConnection(command.start(), talk);
    }

    private void awaitWord() {
        try (InputStream output = ssh.output()) {
            var lines = new GuestText(output);
            if (lines.line() != null) {
                mark(true);
                talk.run(lines, ssh.input());
            }
        } catch (IOException ended) {
            // The process has gone, which its exit tells.
        }
    }

    private void listen() {
        byte[] buffer = new byte[1 << 10];
        try (InputStream errors = ssh.errors()) {
            for (int n = errors.read(buffer); n >= 0; n = errors.read(buffer)) {
                synchronized (said) {
                    said.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    said.delete(0, Math.max(0, said.length() - MOST_SAID));
                }
            }
        } catch (IOException ended) {
            // As above.
        }
    }

    private void mark(boolean isReady) {
        synchronized (monitor) {
            ready |= isReady;
            ended |= !isReady;
            monitor.notifyAll();
        }
    }

    /// Null once it is of use; the failure when it ended, or the limit passed, before.
    @Nullable SshFailure awaitReady(Duration limit) throws InterruptedException {
        boolean over;
        synchronized (monitor) {
            long end = System.nanoTime() + limit.toNanos();
            for (long left = limit.toNanos();
                    !ready && !ended && left > 0;
                    left = end - System.nanoTime()) {
                monitor.wait(Math.max(1, left / 1_000_000));
            }
            if (ready) {
                return null;
            }
            over = ended;
        }
        listening.join(LAST_WORDS);
        synchronized (said) {
            return over
                    ? SshFailure.of(said.toString())
                    : new SshFailure(SshFailure.Reason.SILENT, "no answer");
        }
    }

    boolean isAlive() {
        return ssh.isAlive();
    }

    void onEnd(Runnable action) {
        ssh.onExit(_ -> action.run());
    }

    @Override
    public void close() {
        ssh.close();
    }
}
