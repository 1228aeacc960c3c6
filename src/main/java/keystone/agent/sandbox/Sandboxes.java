package keystone.agent.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.SupervisorLock;
import keystone.agent.supervisor.Leftovers;
import keystone.agent.supervisor.SupervisorClient;
import org.jspecify.annotations.Nullable;

/// Starting, stopping, finding and removing sandboxes. Every answer is from observation.
/// For the one thread of a command.
public final class Sandboxes {
    private final Store store;
    private final Projects projects;
    private final Starting starting;
    private final Pruning pruning;
    private final GitReach gitReach;
    private final Mounting mounting;

    Sandboxes(
            Store store,
            Projects projects,
            Starting starting,
            Pruning pruning,
            GitReach gitReach,
            Mounting mounting) {
        this.store = store;
        this.projects = projects;
        this.starting = starting;
        this.pruning = pruning;
        this.gitReach = gitReach;
        this.mounting = mounting;
    }

    /// Makes the sandbox when it is new, and brings it up; returns once it is usable.
    public Started start(StartRequest request, StartListener listener) throws InterruptedException {
        return starting.start(request, listener);
    }

    /// Takes it down; returns once nothing of it is left.
    ///
    /// @return false when it was down already; leftovers of a crash are cleared either way
    public boolean stop(SandboxName name, StopMode mode, StartListener listener)
            throws InterruptedException {
        SandboxDir dir = projects.named(name);
        boolean wasDown =
                Observer.ofThisHost().observe(dir).state() instanceof SandboxState.Stopped;
        Optional<UserError> left = mounting.release(dir);
        Ending.stop(dir, mode, new Heard(listener));
        tell(left);
        return !wasDown;
    }

    /// Takes it down and brings it up again, with what was asked for meanwhile.
    public Started restart(SandboxName name, Settings settings, StartListener listener)
            throws InterruptedException {
        SandboxDir dir = projects.named(name);
        StartRequest again = again(dir, settings);
        projects.checkMounts(again.settings().mounts());
        Ending.stop(dir, StopMode.GRACEFUL, new Heard(listener));
        return start(again, listener);
    }

    /// Brings it up as it was, for somebody who did not ask for more than to get in.
    public Started startAgain(SandboxName name, Settings settings, StartListener listener)
            throws InterruptedException {
        return start(again(projects.named(name), settings), listener);
    }

    private static StartRequest again(SandboxDir dir, Settings settings) {
        SandboxSpec spec = dir.spec();
        Settings kept = settings.mounts().isEmpty() ? settings.withMounts(spec.mounts()) : settings;
        return new StartRequest(spec.project(), dir.name(), StartRequest.Disk.KEEP, kept);
    }

    /// Takes it down without ceremony and removes all that was kept of it. The project is
    /// untouched.
    ///
    /// @param unfetched what becomes of commits that only its disk may hold
    /// @throws UserError when they would be lost and were not given up
    public void destroy(SandboxName name, Unfetched unfetched) throws InterruptedException {
        SandboxDir dir = projects.named(name);
        dir.refuseLater();
        StopMode mode =
                switch (unfetched) {
                    case KEPT -> Returning.secure(dir);
                    case GIVEN_UP -> StopMode.FORCE;
                };
        Optional<UserError> left = mounting.release(dir);
        Ending.stop(dir, mode, SupervisorClient.Listener.none());
        try (SupervisorLock _ = Ending.lock(dir, StopMode.FORCE)) {
            // Another start may have had the lock in between: what is removed must be in no use.
            Leftovers.clear(dir.run());
            if (unfetched == Unfetched.KEPT) {
                Returning.requireNothingUnfetched(dir);
            }
            Returning.forget(dir);
            gitReach.extendTo(dir);
            store.remove(dir);
        }
        tell(left);
    }

    /// After the work is done: what is left on this host is for its user to take away.
    private static void tell(Optional<UserError> left) {
        if (left.isPresent()) {
            throw left.get();
        }
    }

    /// Commits of a guest's that this host does not have.
    public enum Unfetched {
        /// They are fetched first; when that is not possible, nothing is done.
        KEPT,
        GIVEN_UP
    }

    /// What nobody needs any more; looks only.
    ///
    /// @param directory whose project is looked at beside those of all sandboxes
    public List<Prunable> prunable(Path directory) throws InterruptedException {
        return pruning.find(directory);
    }

    /// Sandboxes that a person may want to [#destroy].
    public List<Orphan> orphans() throws InterruptedException {
        return pruning.orphans();
    }

    /// Removes one of [#prunable].
    public void prune(Prunable prunable) throws InterruptedException {
        pruning.remove(prunable);
    }

    /// Every sandbox, by name. One whose record is damaged is among them, as broken.
    public List<Observation> list() throws InterruptedException {
        var observer = Observer.ofThisHost();
        var seen = new ArrayList<Observation>();
        for (SandboxDir dir : store.all()) {
            Observation sandbox = observer.observe(dir);
            // What was removed while we looked is not damaged.
            if (sandbox instanceof Observation.Intact || store.find(dir.name()).isPresent()) {
                seen.add(sandbox);
            }
        }
        return seen;
    }

    /// What it was made around.
    public Path projectOf(SandboxName name) {
        return projects.named(name).spec().project();
    }

    public Observation status(SandboxName name) throws InterruptedException {
        return Observer.ofThisHost().observe(projects.named(name));
    }

    /// The sandbox that is meant: the named one, or the one of the project around the directory.
    ///
    /// @throws UserError NOT_FOUND when there is none, USAGE when there are several
    public SandboxName choose(@Nullable String name, Path directory) {
        return projects.choose(name == null ? null : new SandboxName(name), directory).name();
    }

    /// The project around a directory: the repository it is in, else the directory itself.
    public Path project(Path directory) {
        return projects.around(directory);
    }

    /// Real paths of what the guests of all sandboxes can write, running or not.
    public List<Path> writable() {
        return store.writable();
    }
}
