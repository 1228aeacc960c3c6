package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import keystone.agent.egress.EgressLog;
import keystone.agent.git.Head;
import keystone.agent.git.HostRefs;
import keystone.agent.git.HostRepository;
import keystone.agent.git.ObjectId;
import keystone.agent.guest.ExecRequest;
import keystone.agent.guest.GuestAttachments;
import keystone.agent.guest.GuestSessions;
import keystone.agent.guest.GuestTasks;
import keystone.agent.guest.SessionToken;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.store.SandboxDir;

/// Where a sandbox's tasks work, and how what they have made comes to this host. Thread-safe.
final class TaskPlace implements Workplace {
    private static final Duration FETCH = Duration.ofMinutes(5);
    private static final Duration SAME_MOMENT = Duration.ofSeconds(2);
    private static final int LONGEST_SUBJECT = 60;

    private final SandboxDir dir;
    private final Live up;
    private final GuestTasks guest;

    /// Git on this host lets one command at a time work on a sandbox's commits.
    private final ReentrantLock fetching = new ReentrantLock();

    TaskPlace(SandboxDir dir, Live up) {
        this.dir = dir;
        this.up = up;
        this.guest = new GuestTasks(dir.name(), dir.run().sshConfig());
    }

    @Override
    public void require(AgentSpec agent) throws InterruptedException {
        new AgentReadiness(dir.name(), up.guest(), up.egress()).require(agent);
    }

    @Override
    public String base(AgentName agent) throws InterruptedException {
        HostRepository repository = up.git().own().orElseThrow(() -> noWorktrees(agent));
        HostRefs refs = repository.refs();
        ObjectId commit =
                switch (refs.head()) {
                    case Head.Detached(ObjectId at) -> at;
                    case Head.OnBranch(String branch) -> refs.branches().get(branch);
                };
        if (commit == null) {
            throw UserError.wrongState(
                    "the project has no commit yet, from which a branch could begin",
                    "keystone-agent task run --here --agent %s 'PROMPT'   # or commit first"
                            .formatted(agent));
        }
        return commit.hex();
    }

    private UserError noWorktrees(AgentName agent) {
        return UserError.wrongState(
                "tasks of `%s` cannot have a branch of their own: %s"
                        .formatted(dir.name(), up.git().reason()),
                up.git() instanceof GitAccess.None
                        ? "keystone-agent task run --here --agent %s 'PROMPT'".formatted(agent)
                        : "keystone-agent stop %1$s && keystone-agent start --git protected --name %1$s   # or: task run --here"
                                .formatted(dir.name()));
    }

    @Override
    public OwnedProcess start(ExecRequest request) {
        return new GuestSessions(dir.name(), dir.run().sshConfig(), dir.run().sshMasterSocket())
                .start(request);
    }

    @Override
    public void prepare(Task task) throws InterruptedException {
        if (task.branch() == null) {
            return;
        }
        if (guest.add(task) == GuestTasks.Added.NO_SUCH_COMMIT) {
            tellOfCommits();
            if (guest.add(task) == GuestTasks.Added.NO_SUCH_COMMIT) {
                throw UserError.failed(
                        "the guest does not have this host's newest commit yet",
                        "keystone-agent restart " + dir.name());
            }
        }
    }

    private void tellOfCommits() throws InterruptedException {
        GitAccess.Told _ = up.git().follow(dir.name(), dir.run().sshConfig());
    }

    @Override
    public List<String> furnish(Task task, List<Path> attached) throws InterruptedException {
        if (!attached.isEmpty()) {
            GuestAttachments.put(dir.name(), dir.run().sshConfig(), task.id(), attached);
        }
        return task.branch() == null
                ? List.of()
                : guest.copy(task.directory(), task.order().extras().copies());
    }

    @Override
    public Owned.Ending listen(Instant since, EgressLog.Hearing hearing) {
        Egress egress = up.egress();
        return egress == null ? () -> {} : egress.listen(since, hearing);
    }

    @Override
    public void end(SessionToken token) throws InterruptedException {
        up.guest().endSession(token);
    }

    @Override
    public void commit(Task task) throws InterruptedException {
        if (task.branch() == null) {
            return;
        }
        SandboxName name = dir.name();
        // An address that can be nobody's (RFC 2606).
        var agent = new Person(name + " (agent)", name + "@keystone-agent.invalid");
        guest.commit(task, message(task), agent);
    }

    static String message(Task task) {
        String first = Printable.of(task.order().prompt().strip().split("\n", 2)[0]).strip();
        String subject =
                first.length() <= LONGEST_SUBJECT
                        ? first
                        : first.substring(0, LONGEST_SUBJECT - 1) + "…";
        return "%s%n%nKeystone-Agent: %s%nKeystone-Task: %s%n"
                .formatted(
                        subject.isEmpty() ? "task " + task.id() : subject,
                        task.order().agent().name(),
                        task.id());
    }

    @Override
    public boolean isGone() throws InterruptedException {
        return up.machine().awaitEnd(SAME_MOMENT);
    }

    @Override
    public Harvest harvest(Task task) throws InterruptedException {
        String branch = task.branch();
        Optional<HostRepository> repository = up.git().own();
        if (branch == null || repository.isEmpty()) {
            return Harvest.NONE;
        }
        var notes = new ArrayList<String>();
        fetching.lockInterruptibly();
        try {
            up.git().fetch(dir.name(), dir.run().sshConfig(), FETCH);
            return kept(task, branch, repository.get());
        } catch (UserError failed) {
            notes.add("its commits are not fetched yet: " + Printable.of(failed.problem()));
            return new Harvest(0, "", notes);
        } finally {
            fetching.unlock();
        }
    }

    private Harvest kept(Task task, String branch, HostRepository host)
            throws InterruptedException {
        if (!host.keep(dir.name(), task.id(), branch)) {
            return new Harvest(0, "", List.of("the guest has no branch of it any more"));
        }
        return new Harvest(
                host.notAtHome(dir.name(), branch),
                host.diff(dir.name(), task.id(), HostRepository.DiffForm.STAT).orElse(""),
                List.of());
    }
}
