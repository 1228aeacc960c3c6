package keystone.agent.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;

/// Runs those of `doctor`'s fixes that are a command for an administrator; a line that needs a
/// shell is left to the person to paste.
public final class RootFixes {
    private static final String SUDO = "sudo";
    private static final Duration QUICK = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(20);

    private final HostFacts host;

    RootFixes(HostFacts host) {
        this.host = host;
    }

    /// Whether the command is for an administrator, was shown as it is, and needs no password now.
    public boolean canRun(List<String> command) throws InterruptedException {
        return command.size() > 1
                && command.getFirst().equals(SUDO)
                && command.stream().allMatch(word -> Printable.of(word).equals(word))
                && (host.uid() == 0 || sudoNeedsNoPassword());
    }

    /// A child has no terminal of its own to ask for a password on.
    private boolean sudoNeedsNoPassword() throws InterruptedException {
        return host.programs().apply("sudo").isPresent()
                && Command.of("sudo", "-n", "true").run(QUICK).ok();
    }

    /// Runs it on this process's own input and output.
    public void run(List<String> command) throws InterruptedException {
        if (!canRun(command)) {
            throw new IllegalArgumentException("not a command to run: " + command);
        }
        List<String> words = host.uid() == 0 ? command.subList(1, command.size()) : command;
        String line = ShellWord.line(command);
        try (OwnedProcess process = Command.of(words).startAttached()) {
            OptionalInt status = process.awaitExit(LONG);
            if (status.isEmpty() || status.getAsInt() != 0) {
                throw UserError.failed("`" + ShellWord.line(words) + "` did not succeed", line);
            }
        } catch (Command.ProgramMissing missing) {
            throw UserError.hostLacks("there is no program `" + missing.program() + "`", line);
        }
    }
}
