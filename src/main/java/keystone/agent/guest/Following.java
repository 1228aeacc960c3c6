package keystone.agent.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is to be changed in a guest's git directory so that it knows the host's branches as they
/// are now.
///
/// A branch on which the guest has made no commits of its own goes where the host's goes; one that
/// has some stays, and is told of when the host's has moved, too. The files are the same on both
/// sides, so `HEAD` and the index go along with the branch that the host is on.
///
/// @param commands for `git update-ref --stdin`
/// @param head the new content of `HEAD`; null when it stays
/// @param takesIndex whether the host's index replaces the guest's
/// @param diverged branches that both sides have moved, sorted
record Following(
        List<String> commands, @Nullable String head, boolean takesIndex, List<String> diverged) {
    Following {
        commands = List.copyOf(commands);
        diverged = List.copyOf(diverged);
    }

    boolean isNothing() {
        return commands.isEmpty() && head == null && !takesIndex;
    }

    static Following of(HostState host, GuestRefs guest) {
        var commands = new ArrayList<String>();
        var diverged = new ArrayList<String>();
        String current = branch(guest.head());
        boolean moved = false;
        for (Map.Entry<String, String> each : host.branches().entrySet()) {
            String name = each.getKey();
            String there = each.getValue();
            String here = guest.branches().get(name);
            String before = guest.remembered().get(name);
            if (!there.equals(before)) {
                commands.add("update refs/remotes/host/" + name + " " + there);
            }
            boolean isCurrent = name.equals(current);
            if (here == null) {
                // One that the guest has removed stays removed.
                if (before == null) {
                    commands.add("update refs/heads/" + name + " " + there);
                }
            } else if (!there.equals(here) && !there.equals(before)) {
                if (here.equals(before) && !(isCurrent && guest.staged())) {
                    commands.add("update refs/heads/" + name + " " + there + " " + here);
                    moved |= isCurrent;
                } else {
                    diverged.add(name);
                }
            }
        }
        forget(host, guest, current, commands);
        host.tags()
                .forEach(
                        (name, object) -> {
                            if (!object.equals(guest.tags().get(name))) {
                                commands.add("update refs/tags/" + name + " " + object);
                            }
                        });
        boolean goesAlong = guest.isNew() || goesAlong(host, guest, current);
        String head = goesAlong && !host.head().equals(guest.head()) ? host.head() : null;
        return new Following(commands, head, guest.isNew() || moved || head != null, diverged);
    }

    /// The host may be on another branch now, and the files with it.
    private static boolean goesAlong(HostState host, GuestRefs guest, @Nullable String current) {
        if (current == null || guest.staged() || branch(host.head()) == null) {
            return false;
        }
        String here = guest.branches().get(current);
        return here == null
                || here.equals(guest.remembered().get(current))
                || here.equals(host.branches().get(current));
    }

    private static void forget(
            HostState host, GuestRefs guest, @Nullable String current, List<String> commands) {
        guest.remembered()
                .forEach(
                        (name, object) -> {
                            if (host.branches().containsKey(name)) {
                                return;
                            }
                            commands.add("delete refs/remotes/host/" + name + " " + object);
                            if (object.equals(guest.branches().get(name))
                                    && !name.equals(current)) {
                                commands.add("delete refs/heads/" + name + " " + object);
                            }
                        });
    }

    private static @Nullable String branch(String head) {
        return head.startsWith(HostState.BRANCH) ? head.substring(HostState.BRANCH.length()) : null;
    }
}
