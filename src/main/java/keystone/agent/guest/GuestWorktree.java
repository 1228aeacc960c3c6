package keystone.agent.guest;

/// A directory of the guest's in which a branch is checked out, as the guest tells of it: hostile.
///
/// @param branch empty when none is checked out there
/// @param directory where it is in the guest
/// @param ahead commits that the host has not, as far as the guest knows
/// @param changes files in it that are not committed as they are
public record GuestWorktree(
        String branch, String directory, int ahead, int changes, Session session) {
    /// Its terminal session.
    ///
    /// @param name of tmux's
    public record Session(String name, State state) {
        public enum State {
            LIVES,
            NONE
        }
    }
}
