package keystone.agent;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import keystone.agent.cli.UseCases;
import keystone.agent.model.BranchName;
import keystone.agent.model.Check;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.HostPattern;
import keystone.agent.model.NetCheck;
import keystone.agent.model.Review;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Settings;
import keystone.agent.model.StopMode;
import keystone.agent.sandbox.Assembly;
import keystone.agent.sandbox.CopyRequest;
import keystone.agent.sandbox.Doctor;
import keystone.agent.sandbox.ExecRequest;
import keystone.agent.sandbox.HostFacts;
import keystone.agent.sandbox.LogSource;
import keystone.agent.sandbox.Networks;
import keystone.agent.sandbox.Observation;
import keystone.agent.sandbox.Orphan;
import keystone.agent.sandbox.Prunable;
import keystone.agent.sandbox.Returning;
import keystone.agent.sandbox.Reviewing;
import keystone.agent.sandbox.Sandboxes;
import keystone.agent.sandbox.Sessions;
import keystone.agent.sandbox.StartListener;
import keystone.agent.sandbox.StartRequest;
import keystone.agent.sandbox.Started;
import keystone.agent.sandbox.Worktree;
import keystone.agent.sandbox.Worktrees;
import keystone.agent.store.Places;
import keystone.agent.workspace.Reach;
import org.jspecify.annotations.Nullable;

/// Makes a use case when a command first asks for it, and hands the question on.
final class LazyUseCases implements UseCases {
    private final Places places;
    private final int uid;
    private final Map<String, String> environment;
    private final Parts parts;
    private final Assembly assembly;

    LazyUseCases(Places places, int uid, Map<String, String> environment) {
        this.places = places;
        this.uid = uid;
        this.environment = environment;
        this.parts = new Parts(places, environment);
        this.assembly =
                new Assembly(
                        places,
                        parts,
                        environment,
                        Clock.systemUTC(),
                        Parts.launcher(),
                        Parts.version());
    }

    Reach reach(Path directory) {
        return assembly.reach(directory);
    }

    @Override
    public OfSandboxes sandboxes() {
        return new ForSandboxes(assembly.sandboxes());
    }

    @Override
    public OfSessions sessions() {
        return new ForSessions(assembly.sessions());
    }

    @Override
    public OfReviews reviews() {
        return new ForReviews(assembly.reviewing());
    }

    @Override
    public OfReturning returning() {
        return new ForReturning(assembly.returning());
    }

    @Override
    public OfWorktrees worktrees() {
        return new ForWorktrees(assembly.worktrees());
    }

    @Override
    public OfTasks tasks() {
        return new TaskUseCases(assembly.tasks());
    }

    @Override
    public OfNetworks networks() {
        return new ForNetworks(assembly.networks());
    }

    @Override
    public OfPorts ports() {
        return new ForPorts(assembly.ports());
    }

    @Override
    public OfEditors editors() {
        return new ForEditors(assembly);
    }

    @Override
    public OfTokens tokens() {
        return new ForTokens(assembly.tokens());
    }

    @Override
    public OfAgents agents() {
        return assembly.agents()::list;
    }

    @Override
    public OfDevshells devshells() {
        return new ForDevshells(assembly.projectDevshells());
    }

    @Override
    public OfImages images() {
        return new ForImages(assembly.images());
    }

    @Override
    public OfHost host() {
        HostFacts host = HostFacts.ofThisHost(places, uid, environment);
        return new ForHost(new Doctor(host, parts.checks()));
    }

    private record ForSandboxes(Sandboxes to) implements OfSandboxes {
        @Override
        public Started start(StartRequest request, StartListener listener)
                throws InterruptedException {
            return to.start(request, listener);
        }

        @Override
        public boolean stop(SandboxName name, StopMode mode, StartListener listener)
                throws InterruptedException {
            return to.stop(name, mode, listener);
        }

        @Override
        public Started restart(SandboxName name, Settings settings, StartListener listener)
                throws InterruptedException {
            return to.restart(name, settings, listener);
        }

        @Override
        public void destroy(SandboxName name, Sandboxes.Unfetched unfetched)
                throws InterruptedException {
            to.destroy(name, unfetched);
        }

        @Override
        public List<Prunable> prunable(Path directory) throws InterruptedException {
            return to.prunable(directory);
        }

        @Override
        public List<Orphan> orphans() throws InterruptedException {
            return to.orphans();
        }

        @Override
        public void prune(Prunable prunable) throws InterruptedException {
            to.prune(prunable);
        }

        @Override
        public List<Observation> list() throws InterruptedException {
            return to.list();
        }

        @Override
        public Path projectOf(SandboxName name) {
            return to.projectOf(name);
        }

        @Override
        public Observation status(SandboxName name) throws InterruptedException {
            return to.status(name);
        }

        @Override
        public SandboxName choose(@Nullable String name, Path directory) {
            return to.choose(name, directory);
        }

        @Override
        public Path project(Path directory) {
            return to.project(directory);
        }

        @Override
        public List<Path> writable() {
            return to.writable();
        }
    }

    private record ForSessions(Sessions to) implements OfSessions {
        @Override
        public int exec(SandboxName name, ExecRequest request) throws InterruptedException {
            return to.exec(name, request);
        }

        @Override
        public void ssh(SandboxName name, List<String> command) throws InterruptedException {
            throw to.ssh(name, command);
        }

        @Override
        public void attach(SandboxName name) throws InterruptedException {
            throw to.attach(name);
        }

        @Override
        public void attach(SandboxName name, BranchName worktree) throws InterruptedException {
            throw to.attach(name, worktree);
        }

        @Override
        public List<String> copy(CopyRequest request) throws InterruptedException {
            return to.copy(request);
        }

        @Override
        public void logs(
                SandboxName name, LogSource source, Sessions.Follow follow, Consumer<String> lines)
                throws InterruptedException {
            to.logs(name, source, follow, lines);
        }
    }

    private record ForReviews(Reviewing to) implements OfReviews {
        @Override
        public void review(SandboxName name, Consumer<Review> reader) {
            to.review(name, reader);
        }

        @Override
        public Review glance(SandboxName name) {
            return to.glance(name);
        }

        @Override
        public Review again(SandboxName name) {
            return to.again(name);
        }
    }

    private record ForReturning(Returning to) implements OfReturning {
        @Override
        public Returning.Result sync(
                SandboxName name, Optional<String> branch, Returning.Reach reach)
                throws InterruptedException {
            return to.sync(name, branch, reach);
        }

        @Override
        public GitIdentity identify(SandboxName name, Settings settings)
                throws InterruptedException {
            return to.identify(name, settings);
        }

        @Override
        public String diff(SandboxName name, Optional<String> branch, Returning.Form form)
                throws InterruptedException {
            return to.diff(name, branch, form);
        }
    }

    private record ForWorktrees(Worktrees to) implements OfWorktrees {
        @Override
        public String add(SandboxName name, BranchName branch, @Nullable BranchName from)
                throws InterruptedException {
            return to.add(name, branch, from);
        }

        @Override
        public List<String> copy(SandboxName name, String directory, List<String> paths)
                throws InterruptedException {
            return to.copy(name, directory, paths);
        }

        @Override
        public List<Worktree> list(SandboxName name) throws InterruptedException {
            return to.list(name);
        }

        @Override
        public void remove(SandboxName name, BranchName branch, Worktrees.Losses losses)
                throws InterruptedException {
            to.remove(name, branch, losses);
        }
    }

    private record ForNetworks(Networks to) implements OfNetworks {
        @Override
        public EgressPolicy policy(SandboxName name) throws InterruptedException {
            return to.policy(name);
        }

        @Override
        public List<HostPattern> balanced() {
            return to.balanced();
        }

        @Override
        public EgressPolicy add(
                SandboxName name, EgressPolicy.Rule rule, EgressPolicy.Holding holding)
                throws InterruptedException {
            return to.add(name, rule, holding);
        }

        @Override
        public NetCheck check(SandboxName name, String url) throws InterruptedException {
            return to.check(name, url);
        }
    }

    private record ForHost(Doctor to) implements OfHost {
        @Override
        public List<Check> checks() throws InterruptedException {
            return to.checks();
        }

        @Override
        public List<Check> fix(StartListener listener) throws InterruptedException {
            return to.fix(listener);
        }

        @Override
        public boolean canRun(List<String> command) throws InterruptedException {
            return to.rootFixes().canRun(command);
        }

        @Override
        public void runFix(List<String> command) throws InterruptedException {
            to.rootFixes().run(command);
        }
    }
}
