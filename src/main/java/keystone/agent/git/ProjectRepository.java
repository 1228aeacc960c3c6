package keystone.agent.git;

import java.nio.file.Path;
import keystone.agent.model.Printable;

/// What there is of git at a project directory, as far as a guest could borrow from it.
public sealed interface ProjectRepository {
    /// A repository of this directory, as most are.
    record Found(HostRepository repository) implements ProjectRepository {}

    /// A repository whose objects cannot be lent to a guest, with the reason.
    sealed interface Unfit extends ProjectRepository {
        /// Why, as a sentence without a full stop that can follow "because"; safe to print.
        String reason();
    }

    record NoRepository() implements Unfit {
        @Override
        public String reason() {
            return "the project is not a git repository";
        }
    }

    /// Where a repository begins further up.
    ///
    /// @param top its work tree
    record Subdirectory(Path top) implements Unfit {
        @Override
        public String reason() {
            return "the project is a part of the repository at " + shown(top);
        }
    }

    /// `.git` is a file that names another place, but no linked worktree's or submodule's: those
    /// name the project in turn.
    record GitDirectoryElsewhere() implements Unfit {
        @Override
        public String reason() {
            return "the project's .git is a file, and what it names does not name the project in"
                    + " turn, as that of a linked worktree or of a submodule does";
        }
    }

    /// Root may go there; git, which works as the project's owner, may not.
    ///
    /// @param directory that its owner may not enter
    record OutOfReach(Path directory) implements Unfit {
        @Override
        public String reason() {
            return "the project's owner, as whom git works, may not enter " + shown(directory);
        }
    }

    record Bare() implements Unfit {
        @Override
        public String reason() {
            return "the repository is bare: it has no work tree";
        }
    }

    record OtherWorkTree() implements Unfit {
        @Override
        public String reason() {
            return "the repository's configuration gives it another work tree (core.worktree)";
        }
    }

    /// It borrows objects from another one, in a way in which a guest cannot be given them.
    ///
    /// @param where the directory of objects, or the file that names it
    /// @param why follows its name in a sentence
    record Borrows(Path where, String why) implements Unfit {
        @Override
        public String reason() {
            return "the repository borrows objects from elsewhere, and " + shown(where) + " " + why;
        }
    }

    /// Which directories there are, and what has changed, cannot be told without them.
    record TreesMissing() implements Unfit {
        @Override
        public String reason() {
            return "the repository is a partial clone without its directories (a filter `tree:`)";
        }
    }

    /// A format of which this program does not know what it means.
    ///
    /// @param name of the setting and its value
    record UnknownFormat(String name) implements Unfit {
        @Override
        public String reason() {
            return "the repository has a format that cannot be shared: " + Printable.of(name);
        }
    }

    /// A link, or something else, in a place where git has a directory or a file.
    record Misplaced(Path where) implements Unfit {
        @Override
        public String reason() {
            return shown(where) + " is not what git makes there but a link or something else";
        }
    }

    /// Git itself refuses such a repository (`safe.directory`).
    record AnothersOwn(Path where) implements Unfit {
        @Override
        public String reason() {
            return shown(where) + " belongs to another user than the project's owner";
        }
    }

    /// Whatever runs git here obeys a file that the guest can write.
    record ConfiguredByProject(Path file) implements Unfit {
        @Override
        public String reason() {
            return "the repository's configuration includes "
                    + shown(file)
                    + ", which the guest can write";
        }
    }

    record Unreadable(Path what) implements Unfit {
        @Override
        public String reason() {
            return shown(what) + " cannot be read or understood";
        }
    }

    private static String shown(Path path) {
        return Printable.of(path.toString());
    }
}
