package keystone.agent.guest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be changed in a guest's git directory so that it knows the host's branches as they
/// are now.
///
/// A branch on which the guest has made no commits of its own goes where the host's goes; one that
/// has some stays, and is told of when the host's has moved, too. One that the guest is at work on
/// is held, and goes later. The files are the same on both sides, so `HEAD` and the index go along
/// with the branch that the host is on.
///
/// @param forgotten for `git update-ref --stdin`, before all else
/// @param commands for `git update-ref --stdin`
/// @param head the new content of `HEAD`; null when it stays
/// @param takesIndex whether the host's index replaces the guest's
/// @param takesShallow whether the host's history is cut off elsewhere than it was
/// @param diverged branches that both sides have moved, sorted
record Following(
        List<String> forgotten,
        List<String> commands,
        @Nullable String head,
        boolean takesIndex,
        boolean takesShallow,
        List<String> diverged) {
    Following {
        forgotten = List.copyOf(forgotten);
        commands = List.copyOf(commands);
        diverged = List.copyOf(diverged);
    }

    boolean isNothing() {
        return forgotten.isEmpty()
                && commands.isEmpty()
                && head == null
                && !takesIndex
                && !takesShallow;
    }

    static Following of(HostState host, GuestRefs guest) {
        var branches = new Branches(guest, new ArrayList<>(), new ArrayList<>());
        host.branches().forEach(branches::follow);
        var forgotten = new ArrayList<String>();
        forget(host, guest, forgotten);
        host.tags()
                .forEach(
                        (name, object) -> {
                            // One of the guest's own may hold what nothing else does.
                            if (!guest.tags().containsKey(name)) {
                                branches.commands().add("create refs/tags/" + name + " " + object);
                            }
                        });
        boolean goesAlong = guest.isNew() || goesAlong(host, guest);
        String head = goesAlong && !host.head().equals(guest.head()) ? host.head() : null;
        return new Following(
                forgotten,
                branches.commands(),
                head,
                guest.isNew() || branches.movesCurrent() || head != null,
                !host.shallow().strip().equals(guest.shallow()),
                branches.diverged());
    }

    /// One branch of the host's after the other.
    private record Branches(GuestRefs guest, List<String> commands, List<String> diverged) {
        void follow(String name, String there) {
            String here = guest.branches().get(name);
            String remembered = guest.remembered().get(name);
            String held = guest.held().get(name);
            if (!there.equals(remembered)) {
                commands.add("update refs/remotes/host/" + name + " " + there);
            }
            if (here == null) {
                // One that the guest has removed stays removed.
                if (remembered == null) {
                    commands.add("create refs/heads/" + name + " " + there);
                }
                return;
            }
            String before = held == null ? remembered : held;
            boolean isApart = here.equals(guest.apart().get(name));
            if (there.equals(here) || !here.equals(before)) {
                forget("held/", name, held);
                followApart(name, here, !there.equals(here) && (isApart || !there.equals(before)));
            } else if (guest.isAtWorkOn(name)) {
                if (held == null) {
                    commands.add("create refs/keystone/held/" + name + " " + here);
                }
            } else {
                commands.add(move(name, there, here));
                forget("held/", name, held);
                forget("apart/", name, guest.apart().get(name));
            }
        }

        /// It is remembered, to be told again at the next start.
        private void followApart(String name, String here, boolean isApart) {
            String was = guest.apart().get(name);
            if (!isApart) {
                forget("apart/", name, was);
                return;
            }
            diverged.add(name);
            if (!here.equals(was)) {
                commands.add("update refs/keystone/apart/" + name + " " + here);
            }
        }

        private void forget(String kind, String name, @Nullable String object) {
            if (object != null) {
                commands.add("delete refs/keystone/" + kind + name + " " + object);
            }
        }

        private static String move(String name, String there, String here) {
            return "update refs/heads/" + name + " " + there + " " + here;
        }

        boolean movesCurrent() {
            String current = branch(guest.head());
            return current != null
                    && commands.stream()
                            .anyMatch(
                                    each -> each.startsWith("update refs/heads/" + current + " "));
        }
    }

    /// The host may be on another branch now, and the files with it.
    private static boolean goesAlong(HostState host, GuestRefs guest) {
        String current = branch(guest.head());
        String target = branch(host.head());
        if (guest.isAtWork() || (target != null && guest.elsewhere().contains(target))) {
            return false;
        }
        if (current == null || target == null) {
            // On a commit of no branch, as in a submodule: only from where the host was.
            return guest.head().equals(guest.was());
        }
        String here = guest.branches().get(current);
        return here == null
                || here.equals(guest.remembered().get(current))
                || here.equals(host.branches().get(current));
    }

    private static void forget(HostState host, GuestRefs guest, List<String> forgotten) {
        String current = branch(guest.head());
        guest.remembered()
                .forEach(
                        (name, object) -> {
                            if (host.branches().containsKey(name)) {
                                return;
                            }
                            forgotten.add("delete refs/remotes/host/" + name + " " + object);
                            if (object.equals(guest.branches().get(name))
                                    && !name.equals(current)
                                    && !guest.elsewhere().contains(name)) {
                                forgotten.add("delete refs/heads/" + name + " " + object);
                            }
                        });
    }

    static @Nullable String branch(String head) {
        return head.startsWith(HostState.BRANCH) ? head.substring(HostState.BRANCH.length()) : null;
    }
}
