package keystone.agent.attack;

import static keystone.agent.attack.Attack.Work.REPORT;
import static keystone.agent.attack.Attack.Work.RETURN;
import static keystone.agent.attack.Attack.Work.VISIT;
import static keystone.agent.attack.Result.DETECTED;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What git on this host would obey, and what comes home with the guest's commits.
final class GitAttacks {
    private static final String OBEYS =
            "git obeys what is in `.git`, which the guest writes; `review` tells of it";

    private static final String NESTED =
            "the tree is shared, so a repository in it cannot be prevented; `review` tells of it, and"
                    + " `sync` takes no commit that makes git look into it";

    private static final String YOURS =
            "git runs the user's own filter on what the guest selects; `review` tells of it, and"
                    + " `sync` runs none";

    private static final String BARE =
            "a bare repository is files like others, which a commit may hold; `review` tells of it";

    private static final String AT_THE_TOP =
            "git takes a directory for a repository where it finds none called `.git`, and nothing lies"
                    + " over the whole project; `review` tells of it";

    /// Where git finds no repository in the project before it looks whether the project is one.
    private static final Set<Layout> WITHOUT_GIT =
            EnumSet.of(Layout.NO_REPOSITORY, Layout.SUBDIRECTORY);

    static final List<Attack> DANGEROUS =
            List.of(
                    obeyed("`core.fsmonitor`", "fsmonitor"),
                    obeyed("`core.hooksPath` into the tree", "hooks_path"),
                    obeyed("programs in `.git/hooks`", "hooks"),
                    obeyed("`filter.clean` by `info/attributes`", "filter_by_attributes"),
                    obeyed("`include.path` into the tree", "include_path"),
                    obeyed("`config.worktree`", "worktree_configuration"),
                    obeyed("another repository in the place of `.git`", "swapped_repository"),
                    obeyed("`.git` as a file that leads into the tree", "git_file"),
                    obeyed("`.git` as a link into the tree", "git_link"),
                    obeyed("`.git/commondir`", "common_directory"),
                    obeyed("unmounting what lies over `.git`", "unmounted"),
                    Attack.of("changing the objects that the guest borrows", "objects_of_the_host")
                            .only(Layout.BORROWING),
                    obeyed("`diff.external`, `diff.NAME.textconv`", "external_diff"),
                    obeyed("`core.pager`", "pager"),
                    obeyed("`alias.NAME` over one of the user's", "alias"),
                    obeyed("`core.sshCommand`", "ssh_command"),
                    obeyed("a remote `ext::`", "remote_helper"),
                    obeyed("`gpg.program` and a signed commit", "gpg_program"),
                    obeyed("`core.worktree` outside", "work_tree_elsewhere"),
                    Attack.of("a repository in a directory", "nested_repository", RETURN, VISIT)
                            .toldWith("repository nested/.git")
                            .otherwise(DETECTED, NESTED, Attacks.SHARED),
                    Attack.of("a repository in a directory, in a commit", "gitlink", RETURN, VISIT)
                            .otherwise(DETECTED, NESTED),
                    Attack.of("a bare repository in a directory", "bare_repository", RETURN, VISIT)
                            .toldWith("repository bare")
                            .otherwise(DETECTED, NESTED, Attacks.SHARED),
                    Attack.of(
                                    "a bare repository in a directory, in a commit",
                                    "bare_repository_in_a_commit",
                                    RETURN,
                                    VISIT)
                            .toldWith("repository bare")
                            .otherwise(DETECTED, BARE));

    private static final List<Attack> FURTHER =
            List.of(
                    Attack.of(
                                    "a bare repository whose parts lie elsewhere",
                                    "scattered_repository",
                                    RETURN,
                                    VISIT)
                            .toldWith("repository lure")
                            .otherwise(DETECTED, NESTED, Attacks.SHARED),
                    Attack.of("the project itself as a bare repository", "repository_at_the_top")
                            .only(Attacks.SHARED)
                            .toldWith("repository config")
                            .otherwise(DETECTED, AT_THE_TOP, WITHOUT_GIT));

    static final List<Attack> OBEYED = Stream.of(DANGEROUS, FURTHER).flatMap(List::stream).toList();

    static final List<Attack> BROUGHT_HOME =
            List.of(
                    // What is refused below would be for another reason when this was refused.
                    Attack.of("nothing but an honest commit", "honest_commit", RETURN, REPORT),
                    Attack.of(
                                    "`.gitattributes` that select a filter of the user's",
                                    "trusted_filter",
                                    RETURN)
                            .toldWith("git .gitattributes")
                            .otherwise(DETECTED, YOURS),
                    home("`.git` in a tree", "tree_with\t.git", "hasDotgit"),
                    home("`.GIT` in a tree", "tree_with\t.GIT", "hasDotgit"),
                    home("`git~1` in a tree", "tree_with\tgit~1", "hasDotgit"),
                    home("`.g<U+200C>it` in a tree", "tree_with\t.g\\u200cit", "hasDotgit"),
                    home("`..` in a tree", "tree_with\t..", "hasDotdot"),
                    home("a submodule's address `-u…`", "submodules\t-u./evil", "gitmodules"),
                    home(
                            "a submodule's address `ext::…`",
                            "submodules\text::sh -c evil",
                            "gitmodules"),
                    home(
                            "`.gitmodules`, `.gitattributes` as links",
                            "linked_git_files",
                            "gitmodulesSymlink"),
                    Attack.of(
                            "a link in the place of a directory", "directory_becomes_link", RETURN),
                    Attack.of(
                            "names of branches: options, terminal sequences",
                            "hostile_refs\todd",
                            RETURN,
                            REPORT),
                    home("names of branches that git forbids", "hostile_refs\tforbidden", ""),
                    home("a git in the guest that answers with rubbish", "lying_git", ""),
                    home("objects that are not what their names say", "corrupt_objects", ""),
                    Attack.of(
                            "words of commits: terminal sequences",
                            "hostile_words",
                            RETURN,
                            REPORT));

    private GitAttacks() {}

    private static Attack obeyed(String title, String step) {
        return Attack.of(title, step)
                .only(Attacks.SHARED)
                .toldWith("git .git")
                .otherwise(DETECTED, OBEYS, Attacks.DIRECT);
    }

    /// @param why the word that git has for it
    private static Attack home(String title, String step, String why) {
        return Attack.of(title, step, RETURN)
                .toldWith(why)
                .otherwise(DETECTED, "`sync` takes nothing of it");
    }
}
