package keystone.agent.attack;

import java.nio.file.Path;
import keystone.agent.it.Installation;
import keystone.agent.it.Project;

/// How a project lies in its repository, and what the guest has of that. In the order of the
/// documentation's table.
enum Layout {
    DIRECT("direct", "direct", GuestGit.DIRECT) {
        @Override
        Project make(Installation home) throws InterruptedException {
            return home.project("shop");
        }
    },
    PROTECTED("protected", "protected", GuestGit.OWN) {
        @Override
        Project make(Installation home) throws InterruptedException {
            return home.project("shop");
        }
    },
    NO_REPOSITORY("no repository", "protected", GuestGit.NONE) {
        @Override
        Project make(Installation home) {
            var project = new Project(home.projects().resolve("shop"));
            fill(project);
            return project;
        }
    },
    SUBDIRECTORY("subdirectory", "protected", GuestGit.NONE) {
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
    };

    /// What the guest's git works on.
    enum GuestGit {
        DIRECT,
        OWN,
        NONE
    }

    private final String word;
    private final String flag;
    private final GuestGit guestGit;

    Layout(String word, String flag, GuestGit guestGit) {
        this.word = word;
        this.flag = flag;
        this.guestGit = guestGit;
    }

    /// A project with `README` and `src/answer.py`.
    abstract Project make(Installation home) throws InterruptedException;

    private static void fill(Project project) {
        project.write("README", "hello\n");
        project.write("src/answer.py", "print(6 * 7)\n");
    }

    /// The git directory of this host, whether there is one or not.
    Path repository(Path project) {
        return project.resolve(".git");
    }

    /// As the documentation's table calls it.
    String word() {
        return word;
    }

    /// The value of `--git`.
    String flag() {
        return flag;
    }

    GuestGit guestGit() {
        return guestGit;
    }
}
