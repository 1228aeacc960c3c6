package keystone.agent.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Signal;
import org.jspecify.annotations.Nullable;

/// Passes signals of this process on to a session in the guest: the first as it is, as a terminal
/// would; the second, or the loss of the terminal, as the end of everything in it.
final class SessionSignals {
    private static final int MOST_KEPT = 4 << 10;
    private static final Duration DELIVERY = Duration.ofSeconds(20);
    private static final Duration AFTER_HANGUP = Duration.ofSeconds(5);

    private final Path config;
    private final SandboxName name;
    private final SessionToken token;
    private int received;
    private @Nullable Integer statusWhenKilled;

    SessionSignals(Path config, SandboxName name, SessionToken token) {
        this.config = config;
        this.name = name;
        this.token = token;
    }

    /// Returns at once.
    void received(Signal signal, OwnedProcess ssh) {
        int count = next();
        Thread.ofPlatform()
                .daemon()
                .name("passing on " + signal)
                .start(() -> pass(signal, count, ssh));
    }

    private synchronized int next() {
        return ++received;
    }

    private void pass(Signal signal, int count, OwnedProcess ssh) {
        try {
            if (count == 1 && deliver(GuestScript.SIGNAL, signal.name())) {
                if (signal != Signal.HUP || ssh.awaitExit(AFTER_HANGUP).isPresent()) {
                    return;
                }
            }
            kill(signal, ssh);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void kill(Signal signal, OwnedProcess ssh) throws InterruptedException {
        synchronized (this) {
            statusWhenKilled = 128 + signal.number();
        }
        deliver(GuestScript.END_SESSION, "");
        ssh.close();
    }

    private boolean deliver(String script, String parameter) throws InterruptedException {
        ExactArguments command =
                ExactArguments.of(
                        List.of(
                                "sudo",
                                "-n",
                                "bash",
                                "-c",
                                script,
                                "bash",
                                token.value(),
                                parameter));
        try {
            return SshCommand.shared(config, name, "exec -- " + command.shellWords())
                    .runKeeping(MOST_KEPT, DELIVERY)
                    .ok();
        } catch (Command.TookTooLong theGuestHangs) {
            return false;
        }
    }

    /// Null unless the session was killed.
    synchronized @Nullable Integer statusWhenKilled() {
        return statusWhenKilled;
    }
}
