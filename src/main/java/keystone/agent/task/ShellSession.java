package keystone.agent.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import keystone.agent.model.TaskUpdate;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// The agent that does what a prompt says, as a script of bash.
final class ShellSession implements AgentSession {
    /// Not as an argument of ours: every user of this host could read it.
    private static final List<String> BASH =
            List.of("bash", "-c", "exec 2>&1; script=$(cat); exec bash -c \"$script\" </dev/null");

    private static final Duration LAST_WORDS = Duration.ofSeconds(10);
    private static final Duration A_LONG_TIME = Duration.ofDays(365);
    private static final int SSH_LOST = 255;

    private final AgentLauncher launcher;
    private final AgentListener listener;
    private final AtomicReference<@Nullable OwnedProcess> running = new AtomicReference<>();
    private volatile boolean cancelled;

    ShellSession(AgentLauncher launcher, AgentListener listener) {
        this.launcher = launcher;
        this.listener = listener;
    }

    @Override
    public Turn prompt(String text) throws InterruptedException {
        if (cancelled) {
            return new Turn.Cancelled();
        }
        int status = run(text);
        if (cancelled) {
            return new Turn.Cancelled();
        }
        return switch (status) {
            case 0 -> new Turn.Through("");
            case SSH_LOST -> new Turn.Failed("it ended with status 255, or the guest was lost");
            default -> new Turn.Failed("the script ended with status " + status);
        };
    }

    /// Runs it to its end.
    ///
    /// @return its exit status
    private int run(String script) throws InterruptedException {
        try (OwnedProcess process = launcher.start(BASH, Map.of())) {
            running.set(process);
            if (cancelled) {
                return 0;
            }
            Thread output =
                    PipeThread.start(
                            "a script's output",
                            () ->
                                    TextPieces.read(
                                            process.output(),
                                            each -> listener.update(new TaskUpdate.Output(each))));
            Thread errors =
                    PipeThread.start(
                            "a script's errors",
                            () ->
                                    TextPieces.read(
                                            process.errors(),
                                            each -> listener.update(new TaskUpdate.Output(each))));
            feed(process, script);
            OptionalInt status = process.awaitExit(A_LONG_TIME);
            output.join(LAST_WORDS);
            errors.join(LAST_WORDS);
            return status.orElse(SSH_LOST);
        } finally {
            running.set(null);
        }
    }

    private static void feed(OwnedProcess process, String script) {
        try (OutputStream input = process.input()) {
            input.write(script.getBytes(UTF_8));
        } catch (IOException ended) {
            // Its exit status tells.
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        OwnedProcess process = running.get();
        if (process != null) {
            process.close();
        }
    }

    @Override
    public void close() {
        cancel();
    }
}
