package keystone.agent.review;

import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/// Which files of a git directory are only data to git (gitrepository-layout(5)). All others count
/// as obeyed: git has many ways to be told to run a program.
final class GitDirectory {
    /// Obeyed wherever they are below a submodule's name, which may be one of the others.
    private static final Set<String> OBEYED =
            Set.of(
                    "config",
                    "config.worktree",
                    "hooks",
                    "commondir",
                    "gitdir",
                    "alternates",
                    "http-alternates",
                    "attributes",
                    "git-rebase-todo");

    /// A submodule's and a linked worktree's directory have the same files again.
    private static final String WITHIN = "(?:(?:modules/.+|worktrees/[^/]+)/)?";

    private static final Pattern DATA =
            Pattern.compile(
                    WITHIN
                            + "(?:"
                            + String.join(
                                    "|",
                                    "objects/[0-9a-f]{2}/[^/]+",
                                    "objects/pack/[^/]+",
                                    "objects/info/(?:packs|commit-graphs?(?:/.*)?)",
                                    "refs/.+",
                                    "logs/.+",
                                    // Ours; see the room git.
                                    "keystone/.+",
                                    "rr-cache/.+",
                                    "[A-Z_]*HEAD",
                                    "(?:index|HEAD|packed-refs|shallow)\\.lock",
                                    "index",
                                    "sharedindex\\.[0-9a-f]+",
                                    "packed-refs",
                                    "shallow",
                                    "description",
                                    "gc\\.(?:log|pid)",
                                    "info/(?:exclude|refs|sparse-checkout)",
                                    "(?:COMMIT_EDIT|MERGE_|SQUASH_|TAG_EDIT)MSG",
                                    "MERGE_(?:MODE|RR)",
                                    "AUTO_MERGE")
                            + ")",
                    Pattern.DOTALL);

    private GitDirectory() {}

    /// Whether git only reads and writes it.
    ///
    /// @param name relative to the git directory
    static boolean isData(String name) {
        boolean hides =
                name.startsWith("modules/")
                        && Arrays.stream(name.split("/", -1)).anyMatch(OBEYED::contains);
        return !hides && DATA.matcher(name).matches();
    }
}
