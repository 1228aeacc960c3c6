package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import keystone.agent.guest.ExactArguments;
import keystone.agent.guest.ExecStreams;
import keystone.agent.guest.GuestSessions;
import keystone.agent.guest.GuestWorktree;
import keystone.agent.guest.SessionToken;
import keystone.agent.model.BranchName;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SecretName;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.CopyRequest.CopyEnd;
import keystone.agent.store.RunDir;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.supervisor.Checkpoint;
import keystone.agent.supervisor.SupervisorClient;
import keystone.agent.workspace.Links;

/// What happens inside a running sandbox.
public final class Sessions {
    /// Whether `logs` ends at the end.
    public enum Follow {
        NO,
        YES
    }

    private final Store store;
    private final Checkpoint checkpoint;

    Sessions(Store store, Checkpoint checkpoint) {
        this.store = store;
        this.checkpoint = checkpoint;
    }

    /// Runs a command and carries its input and output.
    ///
    /// @return its exit status
    public int exec(SandboxName name, ExecRequest asked) throws InterruptedException {
        SandboxDir dir = dir(name);
        SessionToken token = SessionToken.create();
        ExecRequest request = asked;
        if (request.terminal() == ExecRequest.Terminal.ALLOCATED) {
            try (SupervisorClient supervisor = Usable.require(dir)) {
                request = withSecrets(request, supervisor);
            }
            throw guest(dir).becomeExec(inGuest(request, token));
        }
        // Open for as long as the command runs: when we are killed, the supervisor ends it inside.
        try (SupervisorClient supervisor = Usable.require(dir)) {
            supervisor.openSession(token.value());
            checkpoint.reached("command:session");
            var inGuest = inGuest(withSecrets(request, supervisor), token);
            int status = guest(dir).exec(inGuest, ExecStreams.ofThisProcess());
            supervisor.sessionDone(token.value());
            return status;
        }
    }

    /// The supervisor reads them, and remembers that the guest has had them.
    private static ExecRequest withSecrets(ExecRequest request, SupervisorClient supervisor)
            throws InterruptedException {
        if (request.delivered().isEmpty()) {
            return request;
        }
        var environment = new TreeMap<>(request.environment());
        for (SecretName name : request.delivered()) {
            environment.put(name.value(), supervisor.secret(name));
        }
        return new ExecRequest(
                request.command(), request.directory(), environment, List.of(), request.terminal());
    }

    private static keystone.agent.guest.ExecRequest inGuest(
            ExecRequest request, SessionToken token) {
        String directory = request.directory();
        return new keystone.agent.guest.ExecRequest(
                ExactArguments.lastOfThisProcess(request.command()),
                directory == null ? SandboxSpec.WORKSPACE : directory,
                request.environment(),
                token);
    }

    /// Becomes a plain ssh session: a login shell, or these words for the guest's shell.
    ///
    /// @return only when that failed
    public UserError ssh(SandboxName name, List<String> command) throws InterruptedException {
        return inside(name).becomeSsh(command);
    }

    /// Becomes the terminal of the sandbox's lasting session.
    ///
    /// @return only when that failed
    public UserError attach(SandboxName name) throws InterruptedException {
        return inside(name).becomeAttach("main", SandboxSpec.WORKSPACE);
    }

    /// The same, of a worktree's.
    ///
    /// @return only when that failed
    public UserError attach(SandboxName name, BranchName branch) throws InterruptedException {
        GuestSessions sessions = inside(name);
        GuestWorktree worktree = Worktrees.find(dir(name), branch);
        return sessions.becomeAttach(worktree.session().name(), worktree.directory());
    }

    /// Copies files and whole directories between the host and a running sandbox.
    ///
    /// @return what was left out, a printable sentence each
    public List<String> copy(CopyRequest request) throws InterruptedException {
        CopyEnd from = request.from();
        CopyEnd to = request.to();
        // What lies in a project may be a link that its guest made.
        UnaryOperator<Path> links = new Links(store.writable())::resolve;
        SandboxName into = to.sandbox();
        if (into != null) {
            return inside(into).copyToGuest(Path.of(from.path()), to.path(), links).leftOut();
        }
        SandboxName outOf = from.sandbox();
        if (outOf == null) {
            throw new IllegalArgumentException("neither side is in a sandbox");
        }
        return inside(outOf).copyFromGuest(from.path(), Path.of(to.path()), links).leftOut();
    }

    private GuestSessions inside(SandboxName name) throws InterruptedException {
        SandboxDir dir = dir(name);
        Usable.require(dir).close();
        return guest(dir);
    }

    /// Passes on a log's lines, made printable.
    public void logs(SandboxName name, LogSource source, Follow follow, Consumer<String> lines)
            throws InterruptedException {
        SandboxDir dir = dir(name);
        Path file =
                switch (source) {
                    case CONSOLE -> dir.consoleLog();
                    case SUPERVISOR -> dir.supervisorLog();
                    case EGRESS -> dir.egressLog();
                };
        var tail = new LogTail(file, lines);
        switch (follow) {
            case NO -> tail.read();
            case YES -> tail.follow();
        }
    }

    private SandboxDir dir(SandboxName name) {
        return store.find(name)
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no sandbox `" + name + "`",
                                        "keystone-agent list"));
    }

    private static GuestSessions guest(SandboxDir dir) {
        RunDir run = dir.run();
        return new GuestSessions(dir.name(), run.sshConfig(), run.sshMasterSocket());
    }
}
