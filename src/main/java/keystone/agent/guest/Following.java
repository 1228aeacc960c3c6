package keystone.agent.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is to be changed in a guest's git directory so that it knows the host's branches as they
/// are now.
///
/// A branch on which the guest has made no commits of its own goes where the host's goes; one that
/// has some stays, and is told of when the host's has moved, too. One that the guest is at work on
/// is held, and goes later. The files are the same on both sides, so `HEAD` and the index go along
/// with the branch that the host is on.
///
/// What becomes of a branch is decided by where four names of it are: *there*, the host's; *here*,
/// the guest's; *remembered*, the host's when the guest was last told of it; *held*, the guest's
/// when it should have followed and could not. As long as the guest has made no commits of its own,
/// its branch is where it was left: at *held*, or where there is none, at *remembered*.
///
/// | here | there | what becomes of it |
/// |---|---|---|
/// | missing, and not remembered | anywhere | [Move#CREATE] |
/// | missing, and remembered | anywhere | [Move#NONE] |
/// | where the host's is | – | [Move#STAY] |
/// | moved | where it was left, and not found apart here before | [Move#STAY] |
/// | moved | moved, or found apart here before | [Move#PART] |
/// | where it was left, nobody at work on it | moved | [Move#FOLLOW] |
/// | where it was left, and somebody at work on it | moved | [Move#HOLD] |
///
/// Of the commands no list is made: there may be tens of thousands.
///
/// @param host what the guest is told of
/// @param guest what it has
/// @param moves whether there are commands at all
/// @param head the new content of `HEAD`; null when it stays
/// @param takesIndex whether the host's index replaces the guest's
/// @param takesShallow whether the host's history is cut off elsewhere than it was
/// @param diverged branches that both sides have moved, sorted
record Following(
        HostState host,
        GuestRefs guest,
        boolean moves,
        @Nullable String head,
        boolean takesIndex,
        boolean takesShallow,
        List<String> diverged) {
    Following {
        diverged = List.copyOf(diverged);
    }

    boolean isNothing() {
        return !moves && head == null && !takesIndex && !takesShallow;
    }

    static Following of(HostState host, GuestRefs guest) {
        var diverged = new ArrayList<String>();
        var seen = new Seen(branch(guest.head()));
        commands(host, guest, seen, diverged::add);
        forget(host, guest, seen);
        boolean goesAlong = guest.isNew() || goesAlong(host, guest);
        String head = goesAlong && !host.head().equals(guest.head()) ? host.head() : null;
        return new Following(
                host,
                guest,
                seen.any,
                head,
                guest.isNew() || seen.movesCurrent || head != null,
                !host.shallow().strip().equals(guest.shallow()),
                diverged);
    }

    /// Gives the commands for `git update-ref --stdin` that come before all else.
    void eachForgotten(Consumer<String> reader) {
        forget(host, guest, reader);
    }

    /// Gives the commands for `git update-ref --stdin`.
    void eachCommand(Consumer<String> reader) {
        commands(host, guest, reader, _ -> {});
    }

    private static void commands(
            HostState host, GuestRefs guest, Consumer<String> commands, Consumer<String> diverged) {
        host.branches().forEach(new Branches(guest, commands, diverged)::follow);
        host.tags()
                .forEach(
                        (name, object) -> {
                            // One of the guest's own may hold what nothing else does.
                            if (!guest.tags().containsKey(name)) {
                                commands.accept("create refs/tags/" + name + " " + object);
                            }
                        });
    }

    /// Looks what there is among the commands.
    private static final class Seen implements Consumer<String> {
        private final @Nullable String moving;
        private boolean any;
        private boolean movesCurrent;

        Seen(@Nullable String current) {
            moving = current == null ? null : "update refs/heads/" + current + " ";
        }

        @Override
        public void accept(String command) {
            any = true;
            movesCurrent |= moving != null && command.startsWith(moving);
        }
    }

    /// What becomes of a guest's branch.
    private enum Move {
        /// The guest has yet to get it.
        CREATE,

        /// One that the guest has removed stays removed.
        NONE,

        /// It has all that the host's has.
        STAY,

        /// Both sides have moved it. That is remembered, to be told again at the next start, until
        /// the guest's moves on.
        PART,

        /// It goes where the host's goes.
        FOLLOW,

        /// It would follow, but is being worked on.
        HOLD
    }

    /// Where one branch is, as the class says.
    ///
    /// @param apart where the guest's was when both sides were found to have moved it
    private record Branch(
            String name,
            String there,
            @Nullable String here,
            @Nullable String remembered,
            @Nullable String held,
            @Nullable String apart) {
        Move move(GuestRefs guest) {
            if (here == null) {
                return remembered == null ? Move.CREATE : Move.NONE;
            }
            String left = held == null ? remembered : held;
            if (there.equals(here)) {
                return Move.STAY;
            }
            if (!here.equals(left)) {
                return here.equals(apart) || !there.equals(left) ? Move.PART : Move.STAY;
            }
            return guest.isAtWorkOn(name) ? Move.HOLD : Move.FOLLOW;
        }
    }

    /// One branch of the host's after the other.
    private record Branches(GuestRefs guest, Consumer<String> commands, Consumer<String> diverged) {
        void follow(String name, String there) {
            var branch =
                    new Branch(
                            name,
                            there,
                            guest.branches().get(name),
                            guest.remembered().get(name),
                            guest.held().get(name),
                            guest.apart().get(name));
            if (!there.equals(branch.remembered())) {
                commands.accept("update refs/remotes/host/" + name + " " + there);
            }
            switch (branch.move(guest)) {
                case CREATE -> commands.accept("create refs/heads/" + name + " " + there);
                case NONE -> {}
                case STAY -> {
                    forget("held/", name, branch.held());
                    forget("apart/", name, branch.apart());
                }
                case PART -> {
                    forget("held/", name, branch.held());
                    part(branch);
                }
                case FOLLOW -> {
                    commands.accept(
                            "update refs/heads/" + name + " " + there + " " + branch.here());
                    forget("held/", name, branch.held());
                    forget("apart/", name, branch.apart());
                }
                case HOLD -> {
                    if (branch.held() == null) {
                        commands.accept("create refs/keystone/held/" + name + " " + branch.here());
                    }
                }
            }
        }

        private void part(Branch branch) {
            diverged.accept(branch.name());
            if (!Objects.equals(branch.here(), branch.apart())) {
                commands.accept(
                        "update refs/keystone/apart/" + branch.name() + " " + branch.here());
            }
        }

        private void forget(String kind, String name, @Nullable String object) {
            if (object != null) {
                commands.accept("delete refs/keystone/" + kind + name + " " + object);
            }
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

    private static void forget(HostState host, GuestRefs guest, Consumer<String> forgotten) {
        String current = branch(guest.head());
        guest.remembered()
                .forEach(
                        (name, object) -> {
                            if (host.branches().containsKey(name)) {
                                return;
                            }
                            forgotten.accept("delete refs/remotes/host/" + name + " " + object);
                            if (object.equals(guest.branches().get(name))
                                    && !name.equals(current)
                                    && !guest.elsewhere().contains(name)) {
                                forgotten.accept("delete refs/heads/" + name + " " + object);
                            }
                        });
    }

    static @Nullable String branch(String head) {
        return head.startsWith(HostState.BRANCH) ? head.substring(HostState.BRANCH.length()) : null;
    }
}
