package keystone.agent.git;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Finds where commits add a repository within the repository: an entry of mode 160000 at a path
/// that had none.
///
/// Every new commit is looked at, not only the last: each can be checked out.
final class NewGitlinks {
    /// Modes before and after, of `git diff-tree --raw`.
    private static final Pattern ADDED =
            Pattern.compile(":(?!160000)[0-7]{6} 160000 [0-9a-f]+ [0-9a-f]+ [A-Z]\\d*");

    private static final Pattern CHANGE =
            Pattern.compile(":[0-7]{6} [0-7]{6} [0-9a-f]+ [0-9a-f]+ [A-Z]\\d*");

    private static final String GITLINK = "160000 ";
    private static final int MOST = 1000;

    private final GitEnclosure enclosure;

    NewGitlinks(GitEnclosure enclosure) {
        this.enclosure = enclosure;
    }

    /// Their paths, sorted.
    ///
    /// @param from [ObjectId#NONE] for a branch that is new: what this host's branches have not
    List<String> between(ObjectId from, ObjectId to) throws InterruptedException {
        var arguments =
                new ArrayList<>(List.of("log", "--format=", "--raw", "-r", "-z", "--no-abbrev"));
        arguments.addAll(List.of("--no-renames", "--diff-merges=separate", "--root"));
        arguments.addAll(List.of("--ignore-submodules=none", to.hex(), "--not"));
        arguments.add(from.equals(ObjectId.NONE) ? "--branches" : from.hex());
        arguments.add("--");
        var reader = new Changes();
        enclosure.eachField(reader, arguments.toArray(String[]::new));
        if (!reader.added.isEmpty()) {
            reader.added.removeAll(known(from));
        }
        return List.copyOf(reader.added);
    }

    /// A change's description and its path alternate.
    private static final class Changes implements Consumer<String> {
        private final Set<String> added = new TreeSet<>();
        private boolean pathOfAdded;
        private boolean path;

        @Override
        public void accept(String field) {
            if (path) {
                if (pathOfAdded && added.size() < MOST) {
                    added.add(field);
                }
                path = false;
                return;
            }
            path = CHANGE.matcher(field).matches();
            pathOfAdded = ADDED.matcher(field).matches();
        }
    }

    /// Submodules that the user has.
    private Set<String> known(ObjectId from) throws InterruptedException {
        String commit = from.equals(ObjectId.NONE) ? "HEAD" : from.hex();
        var known = new HashSet<String>();
        if (enclosure.read("rev-parse", "--verify", "--quiet", commit + "^{commit}").ok()) {
            enclosure.eachField(
                    entry -> {
                        if (entry.startsWith(GITLINK)) {
                            known.add(entry.substring(entry.indexOf('\t') + 1));
                        }
                    },
                    "ls-tree",
                    "-r",
                    "-z",
                    "--full-tree",
                    commit);
        }
        return known;
    }
}
