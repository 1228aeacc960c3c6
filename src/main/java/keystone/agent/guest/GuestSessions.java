package keystone.agent.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Posix;
import keystone.agent.process.Programs;

/// A guest as the commands on the host know it: by the files that its supervisor made.
public final class GuestSessions {
    private final SandboxName name;
    private final Path config;
    private final Path masterSocket;

    /// @param config as in [GuestAddress], like `masterSocket`
    public GuestSessions(SandboxName name, Path config, Path masterSocket) {
        this.name = name;
        this.config = config;
        this.masterSocket = masterSocket;
    }

    /// Runs a command in the guest and carries its input and output.
    ///
    /// The first signal (INT, TERM, HUP) to this process goes to the command, the second kills all
    /// that it started.
    ///
    /// @return the command's exit status; 128 and the signal's number when one ended it
    /// @throws UserError when the guest cannot be reached, or is lost on the way
    public int exec(ExecRequest request, ExecStreams streams) throws InterruptedException {
        requireRunning();
        Path log = config.resolveSibling("exec-" + request.token());
        var connection = new SharedConnection(name, config, masterSocket, log);
        try {
            OwnedProcess ssh = withoutTerminal(request, log).start();
            var signals = new SessionSignals(config, name, request.token());
            int status = new ExecSession(ssh, streams, signals).toTheEnd();
            if (status == SshFailure.STATUS) {
                connection.explain255();
            }
            return status;
        } finally {
            connection.forgetLog();
        }
    }

    /// Starts a command in the guest, with its input and output on pipes. To close it ends nothing
    /// in the guest: see [Guest#endSession].
    public OwnedProcess start(ExecRequest request) {
        return withoutTerminal(request, Path.of("/dev/null")).start();
    }

    private Command withoutTerminal(ExecRequest request, Path log) {
        return Command.of("ssh", "-F", config.toString(), "-E", log.toString(), "-T", "--")
                .with(GuestAddress.sharedAlias(name), RemoteCommand.withoutTerminal(request))
                .withEnvironment(SessionToken.VARIABLE, request.token().value())
                .withEnvironment(RemoteCommand.ENVIRONMENT, RemoteCommand.environment(request));
    }

    /// Runs a command on a terminal of the guest that is this process's own; this process becomes
    /// ssh, so nothing after this call happens.
    ///
    /// @return only when that failed
    public UserError becomeExec(ExecRequest request) {
        // No escape character: `~` at the start of a line belongs to the command.
        return become(
                List.of("-tt", "-e", "none"),
                List.of(RemoteCommand.withTerminal(request)),
                Map.of(
                        SessionToken.VARIABLE,
                        request.token().value(),
                        RemoteCommand.ENVIRONMENT,
                        RemoteCommand.environment(request)));
    }

    /// Becomes an ssh session: a login shell, or these words for the guest's shell, as ssh puts
    /// them together.
    ///
    /// @return only when that failed
    public UserError becomeSsh(List<String> words) {
        return words.isEmpty()
                ? become(List.of("-t"), List.of(RemoteCommand.loginShell()), Map.of())
                : become(List.of(), words, Map.of());
    }

    /// Becomes the terminal of one of the guest's lasting sessions.
    ///
    /// @param session its name; made when there is none
    /// @param directory in which it is made
    /// @return only when that failed
    public UserError becomeAttach(String session, String directory) {
        return become(List.of("-tt"), List.of(RemoteCommand.attach(session, directory)), Map.of());
    }

    private UserError become(
            List<String> options, List<String> remote, Map<String, String> environment) {
        requireRunning();
        Path ssh =
                Programs.locate("ssh")
                        .orElseThrow(
                                () ->
                                        UserError.hostLacks(
                                                "there is no ssh on this host",
                                                "keystone-agent doctor --fix"));
        var arguments = new ArrayList<>(List.of("ssh", "-F", config.toString()));
        arguments.addAll(options);
        arguments.add("--");
        arguments.add(GuestAddress.alias(name));
        arguments.addAll(remote);
        RuntimeException failure = Posix.become(ssh, arguments, environment);
        return new UserError(
                UserError.Kind.FAILED,
                "cannot run " + ssh + ": " + failure.getMessage(),
                "keystone-agent doctor",
                failure);
    }

    /// Copies a file or a directory of the host into the guest, as its user.
    ///
    /// @param links takes the links out of a path of the host, or refuses it
    public Copied copyToGuest(Path from, String to, UnaryOperator<Path> links)
            throws InterruptedException {
        requireRunning();
        Path real = links.apply(from.toAbsolutePath());
        return new CopyToGuest(name, config).copy(from, real, new GuestPath(to));
    }

    /// Copies a file or a directory of the guest to the host. Nothing is written outside the
    /// destination, whatever the guest sends.
    ///
    /// @param links as for the other way
    public Copied copyFromGuest(String from, Path to, UnaryOperator<Path> links)
            throws InterruptedException {
        requireRunning();
        return new CopyFromGuest(name, config).copy(new GuestPath(from), to, links);
    }

    private void requireRunning() {
        if (!Files.exists(config)) {
            throw UserError.wrongState(
                    "the sandbox `" + name + "` is not running",
                    "keystone-agent start --name " + name);
        }
    }
}
