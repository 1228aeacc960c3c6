package keystone.agent.process;

import java.util.List;

/// What is left of a child's process group once the child itself has ended.
///
/// The kernel gives a group's number to nobody else for as long as the group has a member, and to
/// anybody from then on. So who was in it as the child ended is what proves that it is still the
/// same group: while one of them is in it, all who are in it descend from the child.
///
/// @param group its number
/// @param known its members as the child ended
record LeftGroup(long group, List<ProcessIdentity> known) {
    LeftGroup {
        known = List.copyOf(known);
    }

    /// To be called as soon as the child has ended and was collected.
    static LeftGroup of(long group) {
        if (!Posix.groupExists(group)) {
            return new LeftGroup(group, List.of());
        }
        List<ProcessIdentity> members;
        try {
            members = ProcessTable.members(group);
        } catch (IllegalStateException unreadable) {
            // Whoever cannot be told from a stranger is not signalled; the status is told anyway.
            return new LeftGroup(group, List.of());
        }
        // With a leader that lives it is a new group: that of this number has none any more.
        boolean isForeign = members.stream().anyMatch(each -> each.pid() == group);
        return new LeftGroup(group, isForeign ? List.of() : members);
    }

    /// Whether anything of it lives.
    boolean lives() {
        if (known.isEmpty() || !Posix.groupExists(group)) {
            return false;
        }
        return ProcessTable.members(group).stream().anyMatch(known::contains);
    }

    /// To all of it; nothing happens when nobody is left.
    void signal(Signal signal) {
        if (lives()) {
            Posix.killGroup(group, signal);
        }
    }
}
