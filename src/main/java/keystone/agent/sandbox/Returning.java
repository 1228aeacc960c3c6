package keystone.agent.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.git.HostRepository;
import keystone.agent.git.SyncOutcome;
import keystone.agent.git.SyncRequest;
import keystone.agent.guest.GuestRepository;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitMode;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.process.HostUser;
import keystone.agent.store.SandboxDir;
import keystone.agent.supervisor.GitAccess;
import keystone.agent.supervisor.OnlyInside;
import keystone.agent.workspace.ProjectOwner;

/// Brings home what a guest with a git directory of its own has committed.
public final class Returning {
    private static final int MOST_NAMED = 20;
    private static final Duration FETCH = Duration.ofMinutes(10);

    private final Projects projects;

    Returning(Projects projects) {
        this.projects = projects;
    }

    /// How far a [#sync] goes.
    public enum Reach {
        LOOK,
        MOVE,
        /// Also when commits add repositories within the project.
        MOVE_WITH_NESTED
    }

    /// How a difference is shown.
    public enum Form {
        STAT,
        PATCH
    }

    /// What came of it.
    ///
    /// @param kind whether the branch is, or would be, where the guest's is
    /// @param sentence without a full stop; safe to print
    /// @param advice empty when there is nothing to be done
    public record Result(Kind kind, String sentence, String advice) {
        /// What follows from it.
        public enum Kind {
            DONE,
            NOTHING,
            NEEDS_LOOK,
            REFUSED
        }
    }

    /// Fetches when the sandbox runs, and moves a branch of this host forward; only that branch.
    ///
    /// @param branch empty for the one that is checked out
    public Result sync(SandboxName name, Optional<String> branch, Reach reach)
            throws InterruptedException {
        SandboxDir dir = projects.named(name);
        GitAccess git = git(dir);
        HostRepository repository = git.own().orElseThrow();
        boolean runs = isRunning(dir);
        List<String> known =
                runs ? git.fetch(name, dir.run().sshConfig(), FETCH) : List.<String>of();
        var request =
                new SyncRequest(
                        branch,
                        gitlinks(reach),
                        git instanceof GitAccess.Cloned
                                ? SyncRequest.Workspace.APART
                                : SyncRequest.Workspace.SHARED,
                        null);
        SyncOutcome outcome =
                reach == Reach.LOOK
                        ? repository.preview(name, request)
                        : repository.sync(name, request);
        if (runs && outcome instanceof SyncOutcome.Done && reach != Reach.LOOK) {
            GitAccess.Told _ = git.follow(name, dir.run().sshConfig());
        }
        return new Result(
                kind(outcome), sentence(outcome.words(), known), outcome.advice().orElse(""));
    }

    private static String sentence(String words, List<String> known) {
        return known.isEmpty() ? words : words + "; " + String.join("; ", known);
    }

    private static SyncRequest.Gitlinks gitlinks(Reach reach) {
        return reach == Reach.MOVE_WITH_NESTED
                ? SyncRequest.Gitlinks.CONFIRMED
                : SyncRequest.Gitlinks.REFUSE;
    }

    static Result.Kind kind(SyncOutcome outcome) {
        return switch (outcome) {
            case SyncOutcome.Done _ -> Result.Kind.DONE;
            case SyncOutcome.NothingNew _, SyncOutcome.NewElsewhere _ -> Result.Kind.NOTHING;
            case SyncOutcome.AddsGitlinks _ -> Result.Kind.NEEDS_LOOK;
            case SyncOutcome.NotInGuest _,
                    SyncOutcome.Diverged _,
                    SyncOutcome.StagingConflicts _,
                    SyncOutcome.EditsInTheWay _,
                    SyncOutcome.OperationInProgress _,
                    SyncOutcome.Locked _,
                    SyncOutcome.Busy _,
                    SyncOutcome.DetachedHead _,
                    SyncOutcome.CheckedOutElsewhere _ ->
                    Result.Kind.REFUSED;
        };
    }

    /// What the guest's commits change; safe to print.
    ///
    /// @param branch empty for the one that is checked out
    public String diff(SandboxName name, Optional<String> branch, Form form)
            throws InterruptedException {
        SandboxDir dir = projects.named(name);
        GitAccess git = git(dir);
        if (isRunning(dir)) {
            git.fetch(name, dir.run().sshConfig(), FETCH);
        }
        return git.own()
                .orElseThrow()
                .diff(
                        name,
                        branch,
                        switch (form) {
                            case STAT -> HostRepository.DiffForm.STAT;
                            case PATCH -> HostRepository.DiffForm.PATCH;
                        });
    }

    /// Fetches what would be lost with a sandbox's disk.
    ///
    /// @return how to stop it: a guest that may be at work until then is looked at once more when
    ///     nothing moves any more, and [#requireNothingUnfetched] tells what was found
    /// @throws UserError when something would be lost
    static StopMode secure(SandboxDir dir) throws InterruptedException {
        if (dir.mayHaveCommits() && isRunning(dir)) {
            requireFetched(dir);
            return StopMode.GRACEFUL;
        }
        requireNothingUnfetched(dir);
        return StopMode.FORCE;
    }

    /// @throws UserError when the disk of a sandbox that does not run may hold what nobody has
    ///     fetched
    static void requireNothingUnfetched(SandboxDir dir) {
        if (!dir.mayHaveCommits()) {
            return;
        }
        SandboxName name = dir.name();
        List<String> known = dir.unfetchedLines();
        throw known.isEmpty()
                ? UserError.wrongState(
                        "the disk of `" + name + "` may hold commits that nobody has fetched",
                        "keystone-agent start -d --name %1$s && keystone-agent stop %1$s   # or lose them with -f"
                                .formatted(name))
                : lossOf(name, known);
    }

    private static void requireFetched(SandboxDir dir) throws InterruptedException {
        SandboxName name = dir.name();
        GitAccess git = git(dir);
        try {
            git.fetch(name, dir.run().sshConfig(), FETCH);
        } catch (UserError failed) {
            throw failed.quoting(unfetched(dir, failed.quoted()));
        }
        List<String> left = OnlyInside.of(git, name, dir.run().sshConfig());
        if (!left.isEmpty()) {
            throw lossOf(name, left);
        }
    }

    private static UserError lossOf(SandboxName name, List<String> losses) {
        return UserError.wrongState(
                        "the disk of `" + name + "` holds what would be lost with it",
                        "go in and commit it: keystone-agent start --name %s   # or lose it with -f"
                                .formatted(name))
                .quoting(losses);
    }

    /// What git said, and what would be lost, as far as the guest tells.
    private static List<String> unfetched(SandboxDir dir, List<String> said)
            throws InterruptedException {
        var lines = new ArrayList<>(said);
        try {
            Map<String, String> inside =
                    new GuestRepository(dir.name(), dir.run().sshConfig()).branches();
            git(dir).own().orElseThrow().lacking(inside).stream()
                    .limit(MOST_NAMED)
                    .forEach(each -> lines.add("would be lost: `" + Printable.of(each) + "`"));
        } catch (UserError silent) {
            lines.add("which branches would be lost cannot be told: " + silent.problem());
        }
        return lines;
    }

    /// Has the guest's git name whoever is to commit there now.
    ///
    /// @return who that is
    /// @throws UserError when nobody is known, or it does not run
    public GitIdentity identify(SandboxName name, Settings settings) throws InterruptedException {
        return Identities.apply(projects.named(name), settings);
    }

    /// Removes what of a sandbox is in its project's repository, if there is one.
    static void forget(SandboxDir dir) throws InterruptedException {
        try {
            SandboxSpec spec = dir.spec();
            access(spec).unpin(dir.name());
        } catch (UserError goneOrDamaged) {
            // Refs of ours in a repository that is what it was no longer hurt nobody.
        }
    }

    static boolean isRunning(SandboxDir dir) throws InterruptedException {
        return Observer.ofThisHost().observe(dir).state() instanceof SandboxState.Running;
    }

    /// The project's repository, once it has all of the running guest's commits.
    static HostRepository fetched(SandboxDir dir) throws InterruptedException {
        GitAccess git = git(dir);
        git.fetch(dir.name(), dir.run().sshConfig(), FETCH);
        return git.own().orElseThrow();
    }

    /// What the guest has of its own.
    static GitAccess git(SandboxDir dir) throws InterruptedException {
        SandboxSpec spec = dir.spec();
        GitAccess access = sharesNow(dir) ? new GitAccess.Direct("") : access(spec);
        return switch (access) {
            case GitAccess.Own own -> own;
            case GitAccess.Cloned cloned -> cloned;
            case GitAccess.Direct _ ->
                    throw UserError.wrongState(
                            "`"
                                    + dir.name()
                                    + "` shares the project's own .git, so its commits are here"
                                    + " already, and it has no worktrees of its own",
                            "keystone-agent stop %1$s && keystone-agent start --git protected --name %1$s"
                                    .formatted(dir.name()));
            case GitAccess.None(String why) ->
                    throw UserError.wrongState(
                            "the guest of `" + dir.name() + "` has no git: " + why, "git init");
        };
    }

    /// Whether it runs, and was given the project's own: a host may permit now what it did not.
    private static boolean sharesNow(SandboxDir dir) throws InterruptedException {
        return Observer.ofThisHost().observe(dir) instanceof Observation.Intact intact
                && intact.live() != null
                && intact.live().git().equals(GitMode.DIRECT.word());
    }

    private static GitAccess access(SandboxSpec spec) throws InterruptedException {
        Owner self = HostUser.current().ids();
        return GitAccess.of(spec, ProjectOwner.of(spec.project(), self));
    }
}
