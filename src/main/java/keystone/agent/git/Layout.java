package keystone.agent.git;

import java.nio.file.Path;

/// Where git keeps what of a project; none of it is in the guest's reach.
///
/// @param project the work tree
/// @param own what is this work tree's: `HEAD`, the index, an operation in progress
/// @param common what all work trees of the repository have: refs, objects, configuration; the same
///     as `own` unless this is a linked one
record Layout(Path project, Path own, Path common) {
    /// Of a repository that has its directory in the work tree.
    static Layout plain(Path project) {
        Path directory = project.resolve(".git");
        return new Layout(project, directory, directory);
    }

    /// Whether a file stands where others have their git directory.
    boolean isElsewhere() {
        return !own.equals(project.resolve(".git"));
    }

    boolean isLinked() {
        return !own.equals(common);
    }

    boolean contains(Path file) {
        return file.startsWith(own) || file.startsWith(common);
    }
}
