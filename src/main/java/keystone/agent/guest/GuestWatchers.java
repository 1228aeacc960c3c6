package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.HostChange;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Complaints;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// Whoever watches files in a guest, as one who tells them of the host's changes: a program of ours
/// in the guest nudges the files, for as long as this is open. Not thread-safe.
///
/// The program is the resource `watchers/nudge.py`; it goes over the shared connection before the
/// first batch, so that the image needs nothing of ours for it.
public final class GuestWatchers implements Owned.Ending {
    /// In the place of a session's token: what runs for this is no use of the guest.
    static final String TOKEN = "nudges";

    private static final String NUDGE = "/watchers/nudge.py";

    /// Reads the program, and becomes it.
    private static final String LOADER =
            """
            import os, sys
            left, text = int(sys.argv[1]), b""
            while left:
                more = os.read(0, left)
                if not more:
                    raise SystemExit
                text += more
                left -= len(more)
            exec(compile(text, "nudge.py", "exec"))
            """;

    private static final Pattern READY = Pattern.compile("ready");
    private static final Pattern ANSWER = Pattern.compile("nudged (\\d{1,9}) of \\d{1,9}");
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    /// What a shell's start-up files may print before.
    private static final int MOST_LINES = 100;

    private static final int LONGEST_LINE = 1_000;

    private final SandboxName name;
    private final OwnedProcess ssh;
    private final byte[] program;
    private final Complaints complaints = new Complaints(NOTHING);
    private final Thread errors;

    private GuestWatchers(SandboxName name, OwnedProcess ssh, byte[] program) {
        this.name = name;
        this.ssh = ssh;
        this.program = program;
        this.errors = PipeThread.start("nudges", () -> complaints.read(ssh.errors()));
    }

    /// Starts the program, and does not wait for it.
    ///
    /// @param config as in [GuestAddress]
    public static GuestWatchers start(SandboxName name, Path config) {
        byte[] program = program();
        // The shell stays, and with it the token that its environment shows.
        String remote =
                "sudo -n python3 -I -S -c "
                        + ShellWord.of(LOADER)
                        + " "
                        + program.length
                        + "; exit $?";
        Command command =
                SshCommand.shared(config, name, remote)
                        .withEnvironment(SessionToken.VARIABLE, TOKEN);
        return new GuestWatchers(name, command.start(), program);
    }

    /// Waits until it can be told something.
    ///
    /// @throws UserError when the guest cannot do it, or is not done within the limit
    public void awaitReady(Duration limit) throws InterruptedException {
        String _ = exchange(program, READY, limit);
    }

    private static byte[] program() {
        try (InputStream in =
                Objects.requireNonNull(GuestWatchers.class.getResourceAsStream(NUDGE))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + NUDGE, e);
        }
    }

    /// Tells of a batch, and returns when it has been told.
    ///
    /// @return how many files and directories were nudged: those that somebody watches
    /// @throws UserError when the guest did not do it within the limit; then this is of no use any
    ///     more
    public int tell(List<HostChange> batch, Duration limit) throws InterruptedException {
        String answer = exchange(NudgeBytes.of(batch), ANSWER, limit);
        Matcher numbers = ANSWER.matcher(answer);
        return numbers.matches() ? Integer.parseInt(numbers.group(1)) : 0;
    }

    /// Writes and reads on a thread of its own: a guest may do neither, for as long as it likes.
    private String exchange(byte[] bytes, Pattern answer, Duration limit)
            throws InterruptedException {
        var line = new AtomicReference<String>();
        Thread exchanging =
                PipeThread.start("a batch of nudges", () -> exchange(bytes, answer, line));
        if (!exchanging.join(limit)) {
            close();
            throw failed("it did not answer within " + limit.toSeconds() + " s");
        }
        String said = line.get();
        if (said == null) {
            errors.join(Duration.ofSeconds(1));
            List<String> lines = complaints.lines();
            throw failed(lines.isEmpty() ? "it ended without a word" : lines.getLast());
        }
        return said;
    }

    private void exchange(byte[] bytes, Pattern answer, AtomicReference<String> found) {
        try {
            ssh.input().write(bytes);
            ssh.input().flush();
            for (int i = 0; i < MOST_LINES; i++) {
                String line = line(ssh.output());
                if (line == null || answer.matcher(line).matches()) {
                    found.set(line);
                    return;
                }
            }
        } catch (IOException ended) {
            // The process has gone; what it said is on its other stream.
        }
    }

    /// Null at the end, or when there is none within reason.
    private static @Nullable String line(InputStream output) throws IOException {
        var bytes = new byte[LONGEST_LINE];
        for (int length = 0; length < LONGEST_LINE; length++) {
            int next = output.read();
            if (next < 0) {
                return null;
            }
            if (next == '\n') {
                return new String(bytes, 0, length, UTF_8);
            }
            bytes[length] = (byte) next;
        }
        return null;
    }

    private UserError failed(String why) {
        return UserError.failed(
                "the watchers in `" + name + "` could not be told of changes: " + Printable.of(why),
                "keystone-agent exec " + name + " -- sudo python3 --version");
    }

    @Override
    public void close() {
        ssh.close();
    }
}
