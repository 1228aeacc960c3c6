package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import keystone.agent.git.ConfigText.Malformed;
import keystone.agent.process.OpenFile;

/// A file in the place of a git directory, which says where that is: in a linked worktree and in a
/// submodule.
///
/// A guest may have written it when it could. So it is believed only when what it names is out of
/// the project and names the project in turn.
final class GitFile {
    private static final String TITLE = "gitdir: ";
    private static final int LONGEST = 8192;

    private final Path project;

    GitFile(Path project) {
        this.project = project;
    }

    /// Where it leads; empty when that cannot be believed.
    Optional<Layout> layout() {
        try {
            String text = text(project.resolve(".git"));
            if (!text.startsWith(TITLE)) {
                return Optional.empty();
            }
            Path own = project.resolve(text.substring(TITLE.length())).toRealPath();
            return Files.exists(own.resolve("commondir"), LinkOption.NOFOLLOW_LINKS)
                    ? linked(own)
                    : submodule(own);
        } catch (IOException | InvalidPathException | Malformed unreadable) {
            return Optional.empty();
        }
    }

    private static String text(Path file) throws IOException {
        try (OpenFile open = OpenFile.itself(file)) {
            return new String(open.read(LONGEST), StandardCharsets.UTF_8).stripTrailing();
        }
    }

    private Optional<Layout> linked(Path own) throws IOException {
        Path common = own.resolve(text(own.resolve("commondir"))).toRealPath();
        boolean isWhereGitPutsIt = common.resolve("worktrees").equals(own.getParent());
        boolean namesTheProject =
                own.resolve(text(own.resolve("gitdir"))).normalize().equals(git());
        return isWhereGitPutsIt && namesTheProject && !common.startsWith(project)
                ? Optional.of(new Layout(project, own, common))
                : Optional.empty();
    }

    private Optional<Layout> submodule(Path own) throws IOException, Malformed {
        if (own.startsWith(project)) {
            return Optional.empty();
        }
        var layout = new Layout(project, own, own);
        Optional<String> workTree = Configuration.read(layout).get("core.worktree");
        return workTree.isPresent() && own.resolve(workTree.get()).toRealPath().equals(project)
                ? Optional.of(layout)
                : Optional.empty();
    }

    private Path git() {
        return project.resolve(".git");
    }
}
