package keystone.agent.guest;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Owned;

/// A guest as its supervisor knows it: over one ssh connection that every command on this host
/// shares, and that is made again whenever it dies. Thread-safe.
public final class Guest implements Owned.Ending {
    /// Generous: an emulated guest on a busy host is slow, not dead.
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final int MOST_SHOWN = 200;

    /// A supervisor is small, and many sessions may end at once.
    private static final int MOST_KEPT = 64 << 10;

    private final GuestAddress address;
    private final KeptConnection master;

    private Guest(GuestAddress address, KeptConnection master) {
        this.address = address;
        this.master = master;
    }

    /// Which guest answers, in its own words.
    ///
    /// @param buildId what its disk was first booted for; printable, empty when it has none
    /// @param nonce of the boot config it read; printable
    public record Identity(String buildId, String nonce) {}

    /// What speaks against switching an idle guest off.
    ///
    /// @param sessions of commands, terminals and file transfers, over any connection
    /// @param listeners TCP ports that something in the guest listens on, without sshd's
    /// @param busyPanes tmux panes in which more than a shell's prompt runs
    public record Usage(int sessions, int listeners, int busyPanes) {
        public boolean isIdle() {
            return sessions == 0 && listeners == 0 && busyPanes == 0;
        }
    }

    /// Writes the ssh config and connects. Call it once the guest said that it listens: QEMU's user
    /// network answers an earlier attempt only after six seconds.
    ///
    /// @throws UserError when something else answered, or nothing within the limit
    public static Guest connect(GuestAddress address, Duration limit) throws InterruptedException {
        return new Guest(address, SshMaster.open(address, limit));
    }

    public Identity identity() throws InterruptedException {
        String[] words = answer("keystone-identity", GuestScript.IDENTITY, List.of());
        return new Identity(shown(words, 0), shown(words, 1));
    }

    private static String shown(String[] words, int index) {
        String word = index < words.length ? words[index] : "";
        return Printable.of(word.length() > MOST_SHOWN ? word.substring(0, MOST_SHOWN) : word);
    }

    /// Runs a program of the guest as its user, without input, in the user's home directory.
    ///
    /// @return the first 64 KiB of its output as it came: hostile
    /// @throws UserError when the guest cannot be reached, or is not done within the limit
    public Command.Finished run(List<String> command, Duration limit) throws InterruptedException {
        return remote("exec -- " + ExactArguments.of(command).shellWords(), limit);
    }

    /// Runs a program of the guest as its user and carries its input and output, however long it
    /// takes.
    ///
    /// @return its exit status
    /// @throws UserError when the guest cannot be reached, or is lost on the way
    public int pipe(
            List<String> command, InputStream input, OutputStream output, OutputStream errors)
            throws InterruptedException {
        var sessions = new GuestSessions(address.name(), address.config(), address.masterSocket());
        var request =
                new ExecRequest(ExactArguments.of(command), "/", Map.of(), SessionToken.create());
        return sessions.exec(request, new ExecStreams(input, output, errors));
    }

    /// Asks the guest to switch off; whether it does is seen by its machine's end.
    public void powerOff() throws InterruptedException {
        master.retire();
        try {
            run(List.of("sudo", "-n", "poweroff"), ANSWER);
        } catch (UserError theConnectionMayEndFirst) {
            // The machine's end tells, and its owner has stronger means.
        }
    }

    /// Makes the guest's clock right, as after the host or the machine slept.
    ///
    /// @return how far the guest was behind, in whole seconds
    public Duration setClock() throws InterruptedException {
        Instant now = Instant.now();
        String[] words =
                answer(
                        "keystone-clock",
                        GuestScript.CLOCK,
                        List.of(
                                Long.toString(now.getEpochSecond()),
                                String.format(
                                        Locale.ROOT,
                                        "%d.%09d",
                                        now.getEpochSecond(),
                                        now.getNano())));
        try {
            return Duration.ofSeconds(Long.parseLong(words[0]));
        } catch (NumberFormatException nonsense) {
            throw nonsense(words[0]);
        }
    }

    /// Has the guest's git name this one in what is committed from now on.
    public void identify(GitIdentity identity) throws InterruptedException {
        List<String> command = List.of("sudo", "-n", "bash", "-c", GuestScript.IDENTIFY, "bash");
        var all = new ArrayList<>(command);
        all.add(GitConfiguration.of(identity));
        if (!run(all, ANSWER).ok()) {
            throw UserError.failed(
                    "the guest of the sandbox `" + address.name() + "` did not take the identity",
                    "keystone-agent restart " + address.name());
        }
    }

    /// Gives it what it needs to use secrets; what it was given before is replaced. Sessions that
    /// are there already keep what they have.
    public void hold(GuestHoldings holdings) throws InterruptedException {
        Command.Finished done;
        try {
            String script = HoldingScript.of(holdings.logInFiles());
            done =
                    SshCommand.shared(address.config(), address.name(), script)
                            .runKeeping(MOST_KEPT, ANSWER, holdings.tar());
        } catch (Command.TookTooLong late) {
            throw holdsNot("it did not answer within " + ANSWER.toSeconds() + " s");
        }
        if (!done.ok()) {
            String said = done.errors().strip();
            throw holdsNot(shown(new String[] {said.substring(said.lastIndexOf('\n') + 1)}, 0));
        }
    }

    private UserError holdsNot(String why) {
        return UserError.failed(
                "the guest of `%s` could not be given what it needs to use secrets: %s"
                        .formatted(address.name(), why),
                "keystone-agent restart " + address.name());
    }

    /// Kills every process that the session started in the guest, whoever it runs as, and also
    /// those that left its process group. Processes that keep neither its token nor a parent in it
    /// are beyond reach.
    public void endSession(SessionToken token) throws InterruptedException {
        Command.Finished ended =
                run(
                        List.of(
                                "sudo",
                                "-n",
                                "bash",
                                "-c",
                                GuestScript.END_SESSION,
                                "bash",
                                token.value()),
                        ANSWER);
        if (!ended.ok()) {
            throw UserError.failed(
                    "processes of an ended session still run in the sandbox `"
                            + address.name()
                            + "`",
                    "keystone-agent restart " + address.name());
        }
    }

    /// Stops what people and agents have at work in the guest, where it is: their sessions stay
    /// open and are silent. Meant for a guest that is about to be switched off, which continues
    /// what it ends. Processes that keep neither a session's token nor a connection above them are
    /// beyond reach.
    public void freeze() throws InterruptedException {
        List<String> command = List.of("sudo", "-n", "bash", "-c", GuestScript.FREEZE, "bash");
        var all = new ArrayList<>(command);
        all.add(GuestWatchers.TOKEN);
        var _ = run(all, ANSWER);
    }

    public Usage usage() throws InterruptedException {
        String[] words = answer("keystone-usage", GuestScript.USAGE, List.of(GuestWatchers.TOKEN));
        try {
            return new Usage(
                    Integer.parseInt(words[0]),
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException nonsense) {
            throw nonsense(String.join(" ", words));
        }
    }

    /// The words after `mark` on the last line that begins with it.
    private String[] answer(String mark, String script, List<String> parameters)
            throws InterruptedException {
        var command = new StringBuilder("set --");
        parameters.forEach(each -> command.append(' ').append(ShellWord.of(each)));
        String output = remote(command.append('\n').append(script).toString(), ANSWER).output();
        return output.lines()
                .filter(line -> line.startsWith(mark + " "))
                .reduce((_, last) -> last)
                .map(line -> line.substring(mark.length() + 1).split(" ", -1))
                .orElseThrow(() -> nonsense(output.strip()));
    }

    private UserError nonsense(String answer) {
        return UserError.failed(
                "the guest of the sandbox `"
                        + address.name()
                        + "` gave no sensible answer: "
                        + shown(new String[] {answer}, 0),
                "keystone-agent restart " + address.name());
    }

    private Command.Finished remote(String script, Duration limit) throws InterruptedException {
        try {
            Command.Finished finished =
                    SshCommand.shared(address.config(), address.name(), script)
                            .runKeeping(MOST_KEPT, limit);
            if (finished.status() == SshFailure.STATUS) {
                throw SshFailure.of(finished.errors()).toError(address.name(), address.port());
            }
            return finished;
        } catch (Command.TookTooLong tooLong) {
            throw new UserError(
                    UserError.Kind.TIMED_OUT,
                    "the guest of the sandbox `"
                            + address.name()
                            + "` did not answer within "
                            + limit.toSeconds()
                            + " s",
                    "keystone-agent restart " + address.name(),
                    tooLong);
        }
    }

    /// Ends the shared connection, and with it the sessions over it.
    @Override
    public void close() {
        master.close();
    }
}
