package keystone.agent.attack;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import keystone.agent.it.Installation;
import keystone.agent.it.Project;

/// How a project lies in its repository, and what the guest has of that. In the order of the
/// documentation's table. But for the first, none asks for what is the default.
enum Layout {
    DIRECT("direct", GuestGit.DIRECT) {
        @Override
        Project make(Installation home) throws InterruptedException {
            return home.project("shop");
        }

        @Override
        List<String> flags() {
            return List.of("--git", "direct");
        }
    },
    PROTECTED("protected", GuestGit.OWN) {
        @Override
        Project make(Installation home) throws InterruptedException {
            return home.project("shop");
        }

        @Override
        List<String> drivers() {
            return Attacks.DRIVERS;
        }
    },
    WORKTREE("linked worktree", GuestGit.OWN) {
        @Override
        Project make(Installation home) throws InterruptedException {
            Project main = home.project("main");
            Path path = home.projects().resolve("shop");
            main.git("worktree", "add", "--quiet", "-b", "topic", path.toString());
            return new Project(path);
        }

        @Override
        Path repository(Path project) {
            return project.resolveSibling("main/.git");
        }
    },
    SUBMODULE("in a submodule", GuestGit.OWN) {
        @Override
        Project make(Installation home) throws InterruptedException {
            Project library = Project.create(lent(home));
            Project shop = home.project("shop");
            String allow = "protocol.file.allow=always";
            shop.git("-c", allow, "submodule", "add", library.path().toString(), attacked());
            shop.git("commit", "--quiet", "--message=Library");
            return shop;
        }

        @Override
        String attacked() {
            return "libs/one";
        }
    },
    BORROWED("borrowed objects", GuestGit.OWN) {
        @Override
        Project make(Installation home) throws InterruptedException {
            Path path = home.projects().resolve("shop");
            Project.create(lent(home)).git("clone", "--quiet", "--shared", ".", path.toString());
            return new Project(path);
        }
    },
    NO_REPOSITORY("no repository", GuestGit.NONE) {
        @Override
        Project make(Installation home) {
            var project = new Project(home.projects().resolve("shop"));
            fill(project);
            return project;
        }
    },
    SUBDIRECTORY("subdirectory", GuestGit.NONE) {
        @Override
        Project make(Installation home) throws InterruptedException {
            Project whole = home.project("whole");
            var project = new Project(whole.path().resolve("shop"));
            fill(project);
            whole.git("add", ".");
            whole.git("commit", "--quiet", "--message=Shop");
            return project;
        }

        @Override
        Path repository(Path project) {
            return project.resolveSibling(".git");
        }
    },
    CLONE("clone", GuestGit.APART) {
        @Override
        Project make(Installation home) throws InterruptedException {
            return home.project("shop");
        }

        @Override
        List<String> drivers() {
            return List.of("clone");
        }
    };

    /// Where the guest reads this host's objects.
    static final Set<Layout> BORROWING = EnumSet.of(PROTECTED, WORKTREE, SUBMODULE, BORROWED);

    /// What the guest's git works on.
    enum GuestGit {
        DIRECT,
        OWN,
        NONE,

        /// And its files, too.
        APART
    }

    private final String word;
    private final GuestGit guestGit;

    Layout(String word, GuestGit guestGit) {
        this.word = word;
        this.guestGit = guestGit;
    }

    /// A project with `README` and `src/answer.py`.
    abstract Project make(Installation home) throws InterruptedException;

    private static void fill(Project project) {
        project.write("README", "hello\n");
        project.write("src/answer.py", "print(6 * 7)\n");
    }

    /// A repository that the project needs and that only changes by its own user's hand; where
    /// there is none, a place where nothing is.
    static Path lent(Installation home) {
        return home.root().resolve("lent");
    }

    /// The git directory of this host, whether there is one or not.
    Path repository(Path project) {
        return project.resolve(".git");
    }

    /// Where, below the project, is the `.git` that is attacked; empty for the top.
    String attacked() {
        return "";
    }

    /// As the documentation's table calls it.
    String word() {
        return word;
    }

    /// Of `start`, beside the share's.
    List<String> flags() {
        return List.of();
    }

    /// The values of `--share` that it is attacked with.
    List<String> drivers() {
        return List.of("virtiofs");
    }

    GuestGit guestGit() {
        return guestGit;
    }
}
