package keystone.agent.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;

/// Runs those of `doctor`'s fixes that are plain words for an administrator; a line that needs a
/// shell is left to the person to paste.
public final class RootFixes {
    private static final String SUDO = "sudo ";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@+, -]+");
    private static final Duration QUICK = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(20);

    private final HostFacts host;

    RootFixes(HostFacts host) {
        this.host = host;
    }

    /// Whether the line is for an administrator, needs no shell, and needs no password now.
    public boolean canRun(String line) throws InterruptedException {
        return line.startsWith(SUDO)
                && PLAIN.matcher(line).matches()
                && (host.uid() == 0 || sudoNeedsNoPassword());
    }

    /// A child has no terminal of its own to ask for a password on.
    private boolean sudoNeedsNoPassword() throws InterruptedException {
        return host.programs().apply("sudo").isPresent()
                && Command.of("sudo", "-n", "true").run(QUICK).ok();
    }

    /// Runs it on this process's own input and output.
    public void run(String line) throws InterruptedException {
        if (!canRun(line)) {
            throw new IllegalArgumentException("not a line to run: " + line);
        }
        String words = host.uid() == 0 ? line.substring(SUDO.length()) : line;
        try (OwnedProcess process =
                Command.of(List.of(words.strip().split(" +", -1))).startAttached()) {
            OptionalInt status = process.awaitExit(LONG);
            if (status.isEmpty() || status.getAsInt() != 0) {
                throw UserError.failed("`" + words + "` did not succeed", line);
            }
        } catch (Command.ProgramMissing missing) {
            throw UserError.hostLacks("there is no program `" + missing.program() + "`", line);
        }
    }
}
