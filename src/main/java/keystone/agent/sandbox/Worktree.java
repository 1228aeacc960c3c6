package keystone.agent.sandbox;

import keystone.agent.guest.GuestWorktree;
import keystone.agent.model.Printable;

/// A directory of the guest's in which a branch is checked out, as the guest tells of it; safe to
/// print.
///
/// @param branch empty when none is checked out there
/// @param directory where it is in the guest
/// @param ahead commits that the host's branch has not, as far as the guest knows
/// @param changes files in it that are not committed as they are
/// @param hasSession whether its terminal session lives
public record Worktree(
        String branch, String directory, int ahead, int changes, boolean hasSession) {
    static Worktree of(GuestWorktree seen) {
        return new Worktree(
                Printable.of(seen.branch()),
                Printable.of(seen.directory()),
                seen.ahead(),
                seen.changes(),
                seen.session().state() == GuestWorktree.Session.State.LIVES);
    }
}
