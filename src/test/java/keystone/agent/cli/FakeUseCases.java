package keystone.agent.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import keystone.agent.model.BranchName;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.Masking;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Printable;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.model.Watching;
import keystone.agent.sandbox.AgentEntry;
import keystone.agent.sandbox.AgentEntry.Program;
import keystone.agent.sandbox.CopyRequest;
import keystone.agent.sandbox.ExecRequest;
import keystone.agent.sandbox.LogSource;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.Orphan;
import keystone.agent.sandbox.Prunable;
import keystone.agent.sandbox.Sandboxes;
import keystone.agent.sandbox.Sessions.Follow;
import keystone.agent.sandbox.StartListener;
import keystone.agent.sandbox.StartRequest;
import keystone.agent.sandbox.Started;
import org.jspecify.annotations.Nullable;

/// Sandboxes that exist only in memory, and a record of what was asked of them.
final class FakeUseCases implements UseCases, UseCases.OfSandboxes, UseCases.OfSessions {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Digest IMAGE = Digest.of("image");
    static final BuildId BUILD = new BuildId(IMAGE.brief() + "-0123456789abcdef");

    final List<String> calls = new ArrayList<>();
    final Map<SandboxName, Observation> sandboxes = new TreeMap<>();
    final FakeImages images = new FakeImages();
    final FakeReviews reviews = new FakeReviews();
    final FakeReturning returning = new FakeReturning();
    final FakeWorktrees worktrees = new FakeWorktrees();
    final FakeNetworks networks = new FakeNetworks();
    final FakePorts ports = new FakePorts();
    final FakeEditors editors = new FakeEditors(this);
    final FakeTokens tokens = new FakeTokens();
    final FakeDevshells devshells = new FakeDevshells();
    final FakeTasks tasks = new FakeTasks();
    final FakeHost host = new FakeHost();
    final List<Prunable> prunables = new ArrayList<>();
    final List<Orphan> orphans = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    Settings lastSettings = Settings.NONE;
    @Nullable StartRequest lastRequest;
    Sandboxes.@Nullable Unfetched lastUnfetched;
    @Nullable ExecRequest lastExec;
    @Nullable RuntimeException failure;
    boolean interrupted;
    int execStatus;

    /// Port 3000 at 13000, by itself.
    static final PortsNow PORTS =
            new PortsNow(
                    PortsPolicy.USUAL,
                    List.of(
                            new PublishedPort(
                                    3000,
                                    13000,
                                    "node",
                                    PublishedPort.By.ITSELF,
                                    "3000 of this host is taken")),
                    "");

    static Observation.Intact running(String name, Path project) {
        var live =
                new LiveFacts(
                        40022,
                        4711,
                        4700,
                        NOW.minus(Duration.ofMinutes(125)),
                        "tcg",
                        "there is no /dev/kvm",
                        "9p",
                        "virtiofsd is not installed",
                        "protected",
                        "the project's .git is out of the guest's reach",
                        "Ada <ada@example.org>",
                        "balanced",
                        "3 connections now, 1 refused so far",
                        List.of("user namespace", "seccomp"),
                        new Watching(Watching.How.POLLING, "9p has no events", 0, 0),
                        PORTS,
                        List.of("ANTHROPIC_API_KEY"),
                        List.of(),
                        new Masking(
                                List.of(".env", "web/.env.local"),
                                List.of(
                                        new Masking.Exposed(
                                                ".env.test", "it was put there after the start")),
                                null),
                        2);
        return new Observation.Intact(
                spec(name, project, Settings.NONE),
                new SandboxState.Running(live.since()),
                live,
                Desk.PROGRAM);
    }

    static Observation.Intact stopped(String name, Path project) {
        return new Observation.Intact(
                spec(name, project, Settings.NONE), new SandboxState.Stopped(), null);
    }

    static Observation.Damaged damaged(String name) {
        var state =
                new SandboxState.Broken("it cannot be read", "keystone-agent destroy -f " + name);
        return new Observation.Damaged(new SandboxName(name), state);
    }

    static SandboxSpec spec(String name, Path project, Settings settings) {
        var memory = settings.memory();
        return new SandboxSpec(
                new SandboxName(name),
                project,
                IMAGE,
                BUILD,
                new Resources(
                        memory == null ? Resources.DEFAULT.memory() : memory,
                        Resources.DEFAULT.cpus(),
                        Resources.DEFAULT.disk()),
                ShareDriver.AUTO,
                GitMode.AUTO,
                EgressPolicy.USUAL,
                PortsPolicy.USUAL,
                settings.mounts(),
                settings.idleStop());
    }

    void add(Observation sandbox) {
        sandboxes.put(sandbox.name(), sandbox);
    }

    private void called(String call) throws InterruptedException {
        calls.add(call);
        if (interrupted) {
            throw new InterruptedException();
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public OfSandboxes sandboxes() {
        return this;
    }

    @Override
    public OfSessions sessions() {
        return this;
    }

    @Override
    public OfTasks tasks() {
        return tasks;
    }

    @Override
    public OfReviews reviews() {
        return reviews;
    }

    @Override
    public OfReturning returning() {
        return returning;
    }

    @Override
    public OfWorktrees worktrees() {
        return worktrees;
    }

    @Override
    public OfDevshells devshells() {
        return devshells;
    }

    @Override
    public OfPorts ports() {
        return ports;
    }

    @Override
    public OfEditors editors() {
        return editors;
    }

    @Override
    public OfTokens tokens() {
        return tokens;
    }

    @Override
    public OfNetworks networks() {
        return networks;
    }

    @Override
    public OfAgents agents() {
        return (choice, _, _) ->
                choice.agents().all().stream()
                        .map(each -> new AgentEntry(each, "1.2.3", Program.LAYER, null, null))
                        .toList();
    }

    @Override
    public OfImages images() {
        return images;
    }

    @Override
    public OfHost host() {
        return host;
    }

    @Override
    public Started start(StartRequest request, StartListener listener) throws InterruptedException {
        lastSettings = request.settings();
        lastRequest = request;
        SandboxName name = request.name();
        SandboxName chosen = name == null ? SandboxName.forProject(request.project()) : name;
        called("start " + chosen + " " + request.disk());
        if (sandboxes.get(chosen) instanceof Observation.Intact before
                && before.state() instanceof SandboxState.Running) {
            return new Started(before, true);
        }
        listener.at("boot");
        listener.passed("boot", Duration.ofMillis(4321));
        Observation.Intact up = running(chosen.value(), request.project());
        SandboxSpec asked = spec(chosen.value(), request.project(), request.settings());
        var started = new Observation.Intact(asked, up.state(), up.live());
        add(started);
        return new Started(started, false);
    }

    @Override
    public boolean stop(SandboxName name, StopMode mode, StartListener listener)
            throws InterruptedException {
        called("stop " + name + " " + mode);
        Observation before = status(name);
        add(stopped(name.value(), projectOf(name)));
        return !(before.state() instanceof SandboxState.Stopped);
    }

    @Override
    public Started restart(SandboxName name, Settings settings, StartListener listener)
            throws InterruptedException {
        called("restart " + name);
        lastSettings = settings;
        Observation.Intact up = running(name.value(), projectOf(name));
        add(up);
        return new Started(up, false);
    }

    @Override
    public void destroy(SandboxName name, Sandboxes.Unfetched unfetched)
            throws InterruptedException {
        called("destroy " + name);
        lastUnfetched = unfetched;
        sandboxes.remove(name);
    }

    @Override
    public List<Prunable> prunable(Path directory) {
        return prunables;
    }

    @Override
    public void prune(Prunable prunable) {
        calls.add("prune " + prunable.what());
    }

    @Override
    public List<Orphan> orphans() {
        return orphans;
    }

    @Override
    public List<Observation> list() throws InterruptedException {
        called("list");
        return List.copyOf(sandboxes.values());
    }

    @Override
    public Observation status(SandboxName name) {
        Observation found = sandboxes.get(name);
        if (found == null) {
            throw UserError.notFound("there is no sandbox `" + name + "`", "keystone-agent list");
        }
        return found;
    }

    @Override
    public Path projectOf(SandboxName name) {
        return switch (status(name)) {
            case Observation.Intact intact -> intact.spec().project();
            case Observation.Damaged damaged ->
                    throw UserError.failed(damaged.state().problem(), damaged.state().fix());
        };
    }

    private List<Observation.Intact> intact() {
        return sandboxes.values().stream()
                .filter(Observation.Intact.class::isInstance)
                .map(Observation.Intact.class::cast)
                .toList();
    }

    @Override
    public SandboxName choose(@Nullable String name, Path directory) {
        if (name != null) {
            return status(new SandboxName(name)).name();
        }
        return intact().stream()
                .filter(each -> directory.startsWith(each.spec().project()))
                .map(Observation::name)
                .findFirst()
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "no sandbox belongs to " + Printable.of(directory + ""),
                                        "keystone-agent start"));
    }

    @Override
    public Path project(Path directory) {
        return directory;
    }

    @Override
    public List<Path> writable() {
        return intact().stream().map(each -> each.spec().project()).toList();
    }

    @Override
    public int exec(SandboxName name, ExecRequest request) throws InterruptedException {
        called("exec " + name + " " + request.command());
        lastExec = request;
        return execStatus;
    }

    @Override
    public void ssh(SandboxName name, List<String> command) throws InterruptedException {
        called("ssh " + name + " " + command);
    }

    @Override
    public void attach(SandboxName name) throws InterruptedException {
        called("attach " + name);
    }

    @Override
    public void attach(SandboxName name, BranchName worktree) throws InterruptedException {
        called("attach " + name + " " + worktree);
    }

    @Override
    public List<String> copy(CopyRequest request) throws InterruptedException {
        called("copy " + end(request.from()) + " " + end(request.to()));
        return List.of();
    }

    private static String end(CopyRequest.CopyEnd end) {
        SandboxName sandbox = end.sandbox();
        return (sandbox == null ? "here" : sandbox.value()) + "=" + end.path();
    }

    @Override
    public void logs(SandboxName name, LogSource source, Follow follow, Consumer<String> lines)
            throws InterruptedException {
        called("logs " + name + " " + source + " " + follow);
        log.forEach(lines);
    }
}
