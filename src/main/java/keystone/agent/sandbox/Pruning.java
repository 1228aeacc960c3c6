package keystone.agent.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import keystone.agent.devshell.Devshells;
import keystone.agent.git.HostRepository;
import keystone.agent.git.KeptTask;
import keystone.agent.git.OldCommits;
import keystone.agent.git.ProjectRepository;
import keystone.agent.model.Digest;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.UserError;
import keystone.agent.nixos.NixImages;
import keystone.agent.process.HostUser;
import keystone.agent.sandbox.Observation.Intact;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TaskDir;
import keystone.agent.workspace.ProjectOwner;

/// Finds and removes what nobody needs any more; sandboxes it only points at.
final class Pruning {
    /// As long as git itself keeps what nothing reaches (`gc.reflogExpireUnreachable`).
    private static final Duration KEPT = Duration.ofDays(30);

    private final Store store;
    private final Projects projects;
    private final Devshells devshells;
    private final NixImages nixImages;

    Pruning(Store store, Projects projects, Devshells devshells, NixImages nixImages) {
        this.store = store;
        this.projects = projects;
        this.devshells = devshells;
        this.nixImages = nixImages;
    }

    /// @param directory whose project is looked at beside those of all sandboxes
    List<Prunable> find(Path directory) throws InterruptedException {
        var found = new ArrayList<Prunable>();
        for (Path leftover : store.halfDone(Instant.now())) {
            found.add(
                    new Prunable.HalfDone(
                            leftover, "a command that made or removed it was killed"));
        }
        for (Path devshell : devshells.abandoned()) {
            found.add(
                    new Prunable.Abandoned(
                            devshell, "the devshell of a project that is not there"));
        }
        for (Path text : unusedNix()) {
            found.add(new Prunable.NixText(text, "no sandbox has a guest that is made from it"));
        }
        for (Path project : known(directory)) {
            Optional<HostRepository> repository = repository(project);
            if (repository.isPresent()) {
                commits(project, repository.get(), found);
            }
        }
        return found;
    }

    private void commits(Path project, HostRepository repository, List<Prunable> found)
            throws InterruptedException {
        for (KeptTask kept : repository.keptTasks()) {
            why(kept)
                    .map(why -> new Prunable.TaskCommits(project, kept, why))
                    .ifPresent(found::add);
        }
        Instant now = Instant.now();
        for (OldCommits old : repository.oldCommits()) {
            Duration age = Duration.between(old.time(), now);
            if (age.compareTo(KEPT) > 0 && isOurs(old.sandbox())) {
                String why =
                        "its guest gave it up, or rewrote it, %d days ago".formatted(age.toDays());
                found.add(new Prunable.OldWork(project, old, why));
            }
        }
    }

    /// A sandbox that never was here may be another home's, and its work nobody's to drop.
    private boolean isOurs(SandboxName sandbox) {
        return store.find(sandbox).isPresent() || store.wasRemoved(sandbox);
    }

    /// Nothing while a sandbox cannot be read: it may use any of them.
    private List<Path> unusedNix() {
        var used = new HashSet<Digest>();
        for (SandboxDir dir : store.all()) {
            try {
                used.add(dir.spec().image());
            } catch (UserError unreadable) {
                return List.of();
            }
        }
        return nixImages.unused(used, Instant.now());
    }

    private Set<Path> known(Path directory) {
        var known = new LinkedHashSet<Path>();
        for (SandboxDir dir : store.all()) {
            try {
                known.add(dir.spec().project());
            } catch (UserError unreadable) {
                // `list` shows it.
            }
        }
        known.add(projects.around(directory));
        return known;
    }

    /// Empty where there is none that git may be run in.
    private static Optional<HostRepository> repository(Path project) throws InterruptedException {
        try {
            HostUser self = HostUser.current();
            return HostRepository.find(project, ProjectOwner.of(project, self.ids()), self)
                            instanceof ProjectRepository.Found(HostRepository repository)
                    ? Optional.of(repository)
                    : Optional.empty();
        } catch (UserError gone) {
            return Optional.empty();
        }
    }

    /// Why nobody needs it; empty when somebody may.
    private Optional<String> why(KeptTask kept) {
        Optional<SandboxDir> sandbox = store.find(kept.sandbox());
        if (sandbox.isEmpty()) {
            return isOurs(kept.sandbox())
                    ? Optional.of("you have no sandbox `" + kept.sandbox() + "` any more")
                    : Optional.empty();
        }
        boolean isRejected =
                TaskDir.find(sandbox.get(), kept.task())
                        .filter(task -> task.settled().equals(Tasks.REJECTED))
                        .isPresent();
        return isRejected ? Optional.of("its task was rejected") : Optional.empty();
    }

    /// Stopped sandboxes whose project is not there. Never removed for that: a disk may be
    /// unplugged, a repository moved away for an hour.
    List<Orphan> orphans() throws InterruptedException {
        var orphans = new ArrayList<Orphan>();
        var observer = Observer.ofThisHost();
        for (SandboxDir dir : store.all()) {
            if (observer.observe(dir)
                            instanceof Intact(SandboxSpec spec, SandboxState.Stopped _, _, _)
                    && !Files.isDirectory(spec.project())) {
                orphans.add(new Orphan(dir.name(), spec.project()));
            }
        }
        return orphans;
    }

    /// Unless somebody needs it again, or another command has removed it: between the look and this
    /// a person was asked.
    void remove(Prunable prunable) throws InterruptedException {
        switch (prunable) {
            case Prunable.HalfDone(Path path, String _) -> store.removeHalfDone(path);
            case Prunable.Abandoned(Path path, String _) -> {
                if (devshells.abandoned().contains(path)) {
                    devshells.forget(path);
                }
            }
            case Prunable.NixText(Path path, String _) -> {
                if (unusedNix().contains(path)) {
                    nixImages.forget(path);
                }
            }
            case Prunable.TaskCommits(Path project, KeptTask kept, String _) -> {
                Optional<HostRepository> repository = repository(project);
                if (repository.isPresent() && isThere(kept, repository.get())) {
                    repository.get().drop(kept);
                }
            }
            case Prunable.OldWork(Path project, OldCommits commits, String _) -> {
                Optional<HostRepository> repository = repository(project);
                if (repository.isPresent() && isThere(commits, repository.get())) {
                    repository.get().drop(commits);
                }
            }
        }
    }

    private boolean isThere(KeptTask kept, HostRepository repository) throws InterruptedException {
        return why(kept).isPresent()
                && repository.keptTasks().stream()
                        .anyMatch(
                                each ->
                                        each.sandbox().equals(kept.sandbox())
                                                && each.task().equals(kept.task()));
    }

    private static boolean isThere(OldCommits old, HostRepository repository)
            throws InterruptedException {
        return repository.oldCommits().stream()
                .anyMatch(
                        each ->
                                each.sandbox().equals(old.sandbox())
                                        && each.time().equals(old.time()));
    }
}
