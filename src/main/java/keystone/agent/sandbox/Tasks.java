package keystone.agent.sandbox;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.git.HostRepository;
import keystone.agent.git.SyncOutcome;
import keystone.agent.git.SyncRequest;
import keystone.agent.guest.GuestWorktree;
import keystone.agent.guest.GuestWorktrees;
import keystone.agent.model.HostContact;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskState;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskStage;
import keystone.agent.supervisor.GitAccess;
import keystone.agent.supervisor.SupervisorClient;

/// Giving agents work, watching them, answering them, and taking what they have made.
public final class Tasks {
    /// As a task's record says it.
    private static final String ACCEPTED = "accepted";
    static final String REJECTED = "rejected";

    private static final Duration FETCH = Duration.ofMinutes(10);

    private static final Duration FETCH_BRIEFLY = Duration.ofSeconds(20);

    private static final TaskState LOST =
            new TaskState.Ended(
                    new TaskOutcome.Failed("its sandbox ended without a word, and it with it"));

    private final Store store;

    Tasks(Store store) {
        this.store = store;
    }

    /// Why no task of this project can have a branch of its own; empty when nothing is known to be
    /// in the way.
    public Optional<String> obstacle(Path project) throws InterruptedException {
        return TaskBase.obstacle(project);
    }

    /// Hands a task to a running sandbox; it works as soon as it is its turn.
    ///
    /// @param attached files that come with the prompt, absolute
    public TaskId submit(SandboxName name, TaskOrder order, List<Path> attached)
            throws InterruptedException {
        SandboxDir dir = named(name);
        try (SupervisorClient supervisor = Usable.require(dir)) {
            if (attached.isEmpty()) {
                return supervisor.submit(order);
            }
            try (TaskStage stage = new Attaching(store).stage(dir, attached)) {
                return supervisor.submit(order.with(order.extras().withStaged(stage.name())));
            }
        }
    }

    private SandboxDir named(SandboxName name) {
        return store.find(name)
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no sandbox `" + name + "`",
                                        "keystone-agent list"));
    }

    /// Lists the tasks of all sandboxes, the oldest first.
    public List<TaskView> list() throws InterruptedException {
        var all = new ArrayList<TaskView>();
        for (SandboxDir dir : store.all()) {
            try {
                all.addAll(list(dir));
            } catch (UserError | UncheckedIOException unreadable) {
                // What was removed while we looked has no tasks.
                if (store.find(dir.name()).isPresent()) {
                    throw unreadable;
                }
            }
        }
        all.sort(Comparator.comparing(each -> each.task().asked()));
        return all;
    }

    /// Lists the tasks of one sandbox.
    public List<TaskView> list(SandboxName name) throws InterruptedException {
        return list(named(name));
    }

    private static List<TaskView> list(SandboxDir dir) throws InterruptedException {
        List<TaskDir> all = TaskDir.all(dir);
        boolean anyOpen = all.stream().anyMatch(each -> each.result().isEmpty());
        Live live = anyOpen ? live(dir) : new Live(Map.of(), LOST);
        return all.stream().map(each -> view(each, live)).toList();
    }

    /// What its supervisor holds.
    ///
    /// @param others the state of a task without an outcome that is not among them
    private record Live(Map<TaskId, TaskState> tasks, TaskState others) {}

    /// One that is slow to answer has ended nothing: only where nobody listens, or where it does
    /// not have the task, is a task lost.
    private static Live live(SandboxDir dir) throws InterruptedException {
        Optional<SupervisorClient> found =
                SupervisorClient.connect(dir, SupervisorClient.Listener.none());
        if (found.isEmpty()) {
            return new Live(Map.of(), LOST);
        }
        try (SupervisorClient supervisor = found.get()) {
            return new Live(supervisor.tasks(), LOST);
        } catch (UserError doesNotSay) {
            return new Live(Map.of(), new TaskState.Unknown());
        }
    }

    /// The outcome is read after the supervisor was asked, as it may end in between.
    private static TaskView view(TaskDir files, Live live) {
        Task task = files.task();
        Optional<TaskResult> result = files.result();
        TaskState state =
                result.<TaskState>map(each -> new TaskState.Ended(each.outcome()))
                        .orElseGet(() -> live.tasks().getOrDefault(task.id(), live.others()));
        return new TaskView(task, state, result.orElse(null), files.settled());
    }

    public TaskView show(TaskId id) throws InterruptedException {
        Found found = find(id);
        Live live =
                found.files().result().isPresent() ? new Live(Map.of(), LOST) : live(found.dir());
        return view(found.files(), live);
    }

    private record Found(SandboxDir dir, TaskDir files) {}

    private Found find(TaskId id) {
        for (SandboxDir dir : store.all()) {
            Optional<TaskDir> files = TaskDir.find(dir, id);
            if (files.isPresent()) {
                return new Found(dir, files.get());
            }
        }
        throw UserError.notFound("there is no task `" + id + "`", "keystone-agent task list");
    }

    /// Everything that happened in a task, and what happens from now on.
    public TaskTail follow(TaskId id) {
        TaskDir files = find(id).files();
        return new TaskTail(files.updates(), files.followers());
    }

    /// What its guest asked the exit for while it worked.
    public List<HostContact> hosts(TaskId id) {
        return find(id).files().hosts();
    }

    public void answer(TaskId id, TaskAnswer answer) throws InterruptedException {
        try (SupervisorClient supervisor = Usable.require(find(id).dir())) {
            supervisor.answer(id, answer);
        }
    }

    /// Says something more to its agent, also when it has ended.
    public void reply(TaskId id, String prompt) throws InterruptedException {
        try (SupervisorClient supervisor = Usable.require(find(id).dir())) {
            supervisor.reply(id, prompt);
        }
    }

    /// Has its agent go on where it was cut off.
    public void resume(TaskId id) throws InterruptedException {
        requireEnded(id, "keystone-agent task follow " + id);
        try (SupervisorClient supervisor = Usable.require(find(id).dir())) {
            supervisor.resume(id);
        }
    }

    /// Ends it; returns once nothing of it runs.
    public void cancel(TaskId id) throws InterruptedException {
        // Nobody is told to start a sandbox for that.
        if (show(id).state() instanceof TaskState.Ended(TaskOutcome outcome)) {
            throw UserError.wrongState(
                    "task `" + id + "` has ended already: " + outcome.word(),
                    "keystone-agent task show " + id);
        }
        try (SupervisorClient supervisor = Usable.require(find(id).dir())) {
            supervisor.cancel(id);
        }
    }

    /// What it has committed; safe to print. Of one that has ended, exactly what [#accept] takes
    /// from now on: the end of one that was cut off kept what there was then, or nothing.
    public String diff(TaskId id, Returning.Form form) throws InterruptedException {
        Found found = find(id);
        SandboxName name = found.dir().name();
        String branch = branch(found.files().task());
        HostRepository.DiffForm shown =
                form == Returning.Form.STAT
                        ? HostRepository.DiffForm.STAT
                        : HostRepository.DiffForm.PATCH;
        TaskView seen = show(id);
        if (seen.state() instanceof TaskState.Ended(TaskOutcome outcome)) {
            if (outcome instanceof TaskOutcome.Failed && seen.settled().isEmpty()) {
                keepMore(found, branch);
            }
            return kept(found, branch).diff(name, id, shown).orElse("");
        }
        return fetched(found.dir()).own().orElseThrow().diff(name, Optional.of(branch), shown);
    }

    private static void keepMore(Found found, String branch) throws InterruptedException {
        SandboxName name = found.dir().name();
        TaskId id = found.files().task().id();
        HostRepository repository = Returning.git(found.dir()).own().orElseThrow();
        if (repository.beyondKept(name, id, branch) > 0) {
            boolean _ = repository.keep(name, id, branch);
        }
    }

    /// Whether the branch of one that has ended goes beyond what [#diff] shows and [#accept] takes,
    /// as that of one whose agent was told more and then cut off.
    ///
    /// @return a printable sentence; empty when it does not
    public Optional<String> beyond(TaskId id) throws InterruptedException {
        Found found = find(id);
        TaskView seen = show(id);
        String branch = seen.task().branch();
        boolean isLastWord = seen.state() instanceof TaskState.Ended && seen.settled().isEmpty();
        if (branch == null || !isLastWord) {
            return Optional.empty();
        }
        SandboxName name = found.dir().name();
        GitAccess git = Returning.git(found.dir());
        fetchBriefly(found.dir(), git);
        int commits = git.own().orElseThrow().beyondKept(name, id, branch);
        return commits == 0
                ? Optional.empty()
                : Optional.of(
                        "its branch has %d more %s than this (git log refs/keystone/%s/heads/%s); it goes on with: keystone-agent task resume %s"
                                .formatted(
                                        commits,
                                        commits == 1 ? "commit" : "commits",
                                        name,
                                        branch,
                                        id));
    }

    /// It is only said more of it.
    private static void fetchBriefly(SandboxDir dir, GitAccess git) throws InterruptedException {
        try {
            if (Returning.isRunning(dir)) {
                List<String> _ = git.fetch(dir.name(), dir.run().sshConfig(), FETCH_BRIEFLY);
            }
        } catch (UserError unreachable) {
            // What was fetched last says as much as can be known.
        }
    }

    /// The project's repository, once it has what a task has made. That is fetched only where its
    /// end did not.
    private static HostRepository kept(Found found, String branch) throws InterruptedException {
        SandboxName name = found.dir().name();
        TaskId id = found.files().task().id();
        HostRepository repository = Returning.git(found.dir()).own().orElseThrow();
        if (repository.diff(name, id, HostRepository.DiffForm.STAT).isPresent()) {
            return repository;
        }
        GitAccess _ = fetched(found.dir());
        if (!repository.keep(name, id, branch)) {
            throw UserError.notFound(
                    "nothing of task `" + id + "` was fetched",
                    "keystone-agent start -d --name " + name);
        }
        return repository;
    }

    private static String branch(Task task) {
        String branch = task.branch();
        if (branch == null) {
            throw UserError.wrongState(
                    "task `" + task.id() + "` works in the project's own files: look there",
                    "git status");
        }
        return branch;
    }

    private static GitAccess fetched(SandboxDir dir) throws InterruptedException {
        GitAccess git = Returning.git(dir);
        if (Returning.isRunning(dir)) {
            git.fetch(dir.name(), dir.run().sshConfig(), FETCH);
        }
        return git;
    }

    /// Brings this host's branch, its index and its files forward to what a task has committed;
    /// only when nothing is overwritten.
    ///
    /// @param reach whether commits may add repositories within the project
    public Returning.Result accept(TaskId id, Returning.Reach reach) throws InterruptedException {
        Found found = find(id);
        String branch = branch(found.files().task());
        SandboxName name = found.dir().name();
        requireEnded(id, "keystone-agent task follow " + id);
        GitAccess git = Returning.git(found.dir());
        HostRepository repository = kept(found, branch);
        SyncRequest request = SyncRequest.of(id);
        SyncRequest placed = git instanceof GitAccess.Cloned ? request.apart() : request;
        SyncRequest permitted =
                reach == Returning.Reach.MOVE_WITH_NESTED ? placed.confirmed() : placed;
        SyncOutcome outcome =
                reach == Returning.Reach.LOOK
                        ? repository.preview(name, permitted)
                        : repository.sync(name, permitted);
        Returning.Result.Kind kind = Returning.kind(outcome);
        boolean isHome =
                reach != Returning.Reach.LOOK
                        && (kind == Returning.Result.Kind.DONE
                                || kind == Returning.Result.Kind.NOTHING);
        if (isHome) {
            settle(found, ACCEPTED);
            if (Returning.isRunning(found.dir())) {
                GitAccess.Told _ = git.follow(name, found.dir().run().sshConfig());
            }
        }
        return new Returning.Result(kind, outcome.words(), advice(name, id, outcome));
    }

    private static String advice(SandboxName name, TaskId id, SyncOutcome outcome) {
        return outcome instanceof SyncOutcome.Diverged
                ? "merge it yourself: git merge refs/keystone/%s/tasks/%s".formatted(name, id)
                : outcome.advice().orElse("");
    }

    /// @param end what to do where it has not
    private void requireEnded(TaskId id, String end) throws InterruptedException {
        TaskView seen = show(id);
        TaskState state = seen.state();
        if (state instanceof TaskState.Unknown) {
            throw UserError.timedOut(
                    "whether task `" + id + "` has ended is not known: its supervisor does not say",
                    "keystone-agent status " + seen.task().sandbox());
        }
        if (!(state instanceof TaskState.Ended)) {
            throw UserError.wrongState(
                    "task `" + id + "` has not ended: it is " + state.word(), end);
        }
    }

    /// Says that nobody wants what a task has made. Its commits stay, out of the way.
    ///
    /// @return the ref that keeps them; empty when there are none
    public String reject(TaskId id) throws InterruptedException {
        Found found = find(id);
        requireEnded(id, "keystone-agent task cancel " + id);
        Task task = found.files().task();
        String branch = task.branch();
        if (branch != null) {
            HostRepository _ = kept(found, branch);
        }
        // Last: that may have taken a while, in which another command has accepted it.
        if (found.files().settled().equals(ACCEPTED)) {
            throw UserError.wrongState(
                    "task `" + id + "` was accepted: its commits are on a branch of yours",
                    "take them back there, such as with: git revert");
        }
        settle(found, REJECTED);
        return branch == null ? "" : "refs/keystone/" + found.dir().name() + "/tasks/" + id;
    }

    /// What it has made is committed, so its files are needed no longer.
    private static void settle(Found found, String how) throws InterruptedException {
        found.files().settle(how);
        Task task = found.files().task();
        if (task.branch() == null || !Returning.isRunning(found.dir())) {
            return;
        }
        var inside = new GuestWorktrees(found.dir().name(), found.dir().run().sshConfig());
        for (GuestWorktree each : inside.list(GuestWorktrees.Which.WORKTREES)) {
            if (each.directory().equals(task.directory()) && each.changes() == 0) {
                inside.remove(each, GuestWorktrees.Changes.KEPT);
            }
        }
    }
}
