package keystone.agent.guest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the guest says of its own git directory: hostile, but only ever compared with what the host
/// says, and written back to the guest.
///
/// @param branches its own, as in [HostState]
/// @param remembered the host's branches as it was last told of them
/// @param held where branches were that should have followed, but were being worked on
/// @param apart where branches were when it was found that both sides have moved them
/// @param head as in [HostState]; empty when it has just been made
/// @param was the host's `HEAD` when it was last told of something
/// @param state whether something is staged or begun, which the host's index would spoil
/// @param elsewhere branches that another work tree of the guest's is on, or is to come back to
/// @param shallow as in [HostState], as it was last told
record GuestRefs(
        Map<String, String> branches,
        Map<String, String> remembered,
        Map<String, String> held,
        Map<String, String> apart,
        Map<String, String> tags,
        String head,
        String was,
        State state,
        Set<String> elsewhere,
        String shallow) {
    /// What is going on in its work tree.
    enum State {
        QUIET,
        AT_WORK
    }

    /// The most refs kept of a guest: as many as fit into the 4 MiB that are read.
    static final int MOST = 50_000;

    /// The refs of a git directory that has yet to be made.
    static final GuestRefs NONE = parse("");

    private static final String HEADS = "refs/heads/";
    private static final String HOST = "refs/remotes/host/";
    private static final String HELD = "refs/keystone/held/";
    private static final String APART = "refs/keystone/apart/";
    private static final String TAGS = "refs/tags/";

    /// Reads what [GuestScript#refs] prints: a word for the kind of each line, and the rest.
    ///
    /// @throws TooMany where a supervisor has no room for them
    static GuestRefs parse(String output) {
        var reading = new Reading();
        output.lines().forEach(reading::line);
        return reading.refs();
    }

    /// No project has as many as [#MOST].
    static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /// What was read so far. Of the lines no list is made: they may be millions.
    private static final class Reading {
        private final Map<String, String> refs = new TreeMap<>();
        private final List<String> shallow = new ArrayList<>();
        private final Set<String> elsewhere = new HashSet<>();
        private String head = "";
        private String was = "";
        private State state = State.QUIET;

        void line(String line) {
            String[] word = line.split(" ", 3);
            switch (word[0]) {
                case "head" -> head = line.substring("head".length()).strip();
                case "was" -> was = line.substring("was".length()).strip();
                case "staged", "busy" -> state = State.AT_WORK;
                case "shallow" -> shallow.add(line.substring("shallow".length()).strip());
                case "elsewhere" -> elsewhere.add(branch(word[word.length - 1]));
                case "ref" -> {
                    if (word.length == 3 && HostState.isObject(word[1])) {
                        refs.put(word[2], word[1]);
                    }
                }
                default -> {
                    // Noise of a shell's start-up files.
                }
            }
            if (refs.size() + shallow.size() + elsewhere.size() > MOST) {
                throw new TooMany();
            }
        }

        GuestRefs refs() {
            return new GuestRefs(
                    below(HEADS, refs),
                    below(HOST, refs),
                    below(HELD, refs),
                    below(APART, refs),
                    below(TAGS, refs),
                    head,
                    was,
                    state,
                    Set.copyOf(elsewhere),
                    String.join("\n", List.copyOf(shallow)));
        }
    }

    private static String branch(String ref) {
        return ref.startsWith(HEADS) ? ref.substring(HEADS.length()) : ref;
    }

    private static Map<String, String> below(String prefix, Map<String, String> refs) {
        var below = new TreeMap<String, String>();
        refs.forEach(
                (ref, object) -> {
                    if (ref.startsWith(prefix)) {
                        below.put(ref.substring(prefix.length()), object);
                    }
                });
        return below;
    }

    boolean isNew() {
        return head.isEmpty() || head.equals(HostState.BRANCH + GuestScript.BEING_MADE);
    }

    /// These refs where what is checked out never goes along with the host: its files are its own.
    GuestRefs keepingFiles() {
        return isNew()
                ? this
                : new GuestRefs(
                        branches,
                        remembered,
                        held,
                        apart,
                        tags,
                        head,
                        "",
                        State.AT_WORK,
                        elsewhere,
                        shallow);
    }

    /// Whether moving this branch would pull the ground from under something.
    boolean isAtWorkOn(String branch) {
        return elsewhere.contains(branch) || (isAtWork() && branch.equals(Following.branch(head)));
    }

    boolean isAtWork() {
        return state == State.AT_WORK;
    }
}
