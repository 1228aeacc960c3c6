package keystone.agent.sandbox;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import keystone.agent.model.Access;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.review.Reviewer;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;

/// Which guests can write a project's own `.git`: others may share the same project, or a directory
/// that holds it.
record GitReach(Store store, Clock clock) {
    Reviewer reviewer(SandboxDir dir) {
        return reviewer(dir, dir.spec());
    }

    /// The reviewer of a sandbox that is about to become another one.
    Reviewer reviewer(SandboxDir dir, SandboxSpec spec) {
        return new Reviewer(
                spec.project(), writable(spec), dir.inventory(), clock, reach(git(spec)));
    }

    private static List<Path> writable(SandboxSpec spec) {
        return spec.mounts().stream()
                .filter(each -> each.access() == Access.READ_WRITE)
                .map(Share::host)
                .toList();
    }

    private Reviewer.Reach reach(Path git) {
        for (SandboxDir other : store.all()) {
            try {
                if (reaches(other.spec(), other, git)) {
                    return Reviewer.Reach.ALL;
                }
            } catch (UserError unreadable) {
                // What cannot be read may be anything.
                return Reviewer.Reach.ALL;
            }
        }
        return Reviewer.Reach.ALL_BUT_GIT;
    }

    /// To be called before a guest like this runs, and before nobody knows any more that it could.
    ///
    /// @param dir of its sandbox
    void extendTo(SandboxSpec guest, SandboxDir dir) {
        for (SandboxDir each : store.all()) {
            try {
                if (reaches(guest, dir, git(each.spec()))) {
                    reviewer(each).gitComesIntoReach();
                }
            } catch (UserError unreadable) {
                // It is skipped: without a readable record it cannot be reviewed, so no review of
                // it
                // can miss something.
            }
        }
    }

    /// Extends the reach to what the sandbox has been until now.
    void extendTo(SandboxDir dir) {
        try {
            extendTo(dir.spec(), dir);
        } catch (UserError unreadable) {
            // While it was there, everything was shown.
        }
    }

    private static Path git(SandboxSpec spec) {
        return spec.project().resolve(".git");
    }

    private static boolean reaches(SandboxSpec guest, SandboxDir dir, Path git) {
        boolean isProtected =
                switch (guest.git()) {
                    case PROTECTED -> true;
                    // It says so before it gives a guest anything else.
                    case AUTO -> !dir.hasSharedGit();
                    case DIRECT -> false;
                };
        boolean isCovered = isProtected && git(guest).equals(git);
        boolean isShared = guest.share() != ShareDriver.CLONE && !isCovered;
        return (isShared && overlap(guest.project(), git))
                || writable(guest).stream().anyMatch(each -> overlap(each, git));
    }

    private static boolean overlap(Path shared, Path git) {
        return git.startsWith(shared) || shared.startsWith(git);
    }
}
