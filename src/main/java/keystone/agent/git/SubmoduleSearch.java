package keystone.agent.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import keystone.agent.git.ProjectRepository.Found;
import keystone.agent.model.Owner;
import keystone.agent.process.HostUser;

/// Finds the submodules of a project, and those within them, by what the index says.
///
/// What is in the tree may be the guest's work, so each one's git directory must be where git puts
/// it: in the directory of the repository above.
record SubmoduleSearch(Layout layout, Git git, Owner owner, HostUser self) {
    private static final String GITLINK = "160000 ";
    private static final int MOST = 100;

    /// Sorted; what is within one comes after it.
    List<Submodule> search() throws InterruptedException {
        var found = new ArrayList<Submodule>();
        for (String path : gitlinks()) {
            if (found.size() == MOST) {
                found.add(new Submodule.Unfit(path, "is one of more than " + MOST));
                break;
            }
            add(path, found);
        }
        return found;
    }

    private TreeSet<String> gitlinks() throws InterruptedException {
        var paths = new TreeSet<String>();
        git.eachField(
                entry -> {
                    if (entry.startsWith(GITLINK)) {
                        paths.add(entry.substring(entry.indexOf('\t') + 1));
                    }
                },
                "ls-files",
                "--stage",
                "-z");
        return paths;
    }

    private void add(String path, List<Submodule> found) throws InterruptedException {
        Path place = layout.project().resolve(path);
        if (!isWithoutLinks(place)) {
            // Git takes it for removed, and does not look into it.
            return;
        }
        if (path.codePoints().anyMatch(each -> Character.isISOControl(each) || each == '\ufffd')) {
            found.add(new Submodule.Unfit(path, "has a name that cannot be shared"));
            return;
        }
        Path gitFile = place.resolve(".git");
        if (!Files.exists(gitFile, LinkOption.NOFOLLOW_LINKS)) {
            found.add(new Submodule.Empty(path));
        } else if (Files.isDirectory(gitFile, LinkOption.NOFOLLOW_LINKS)) {
            found.add(
                    new Submodule.Unfit(
                            path,
                            "keeps its git directory in the project, where the guest can write"
                                    + " (git submodule absorbgitdirs)"));
        } else {
            add(path, HostRepository.find(place, owner, self), found);
        }
    }

    private void add(String path, ProjectRepository repository, List<Submodule> found)
            throws InterruptedException {
        switch (repository) {
            case Found(HostRepository module) when isWhereGitPutsIt(module) ->
                    addWithThoseInside(path, module, found);
            case Found _ ->
                    found.add(
                            new Submodule.Unfit(
                                    path, "has its git directory in another repository"));
            case ProjectRepository.Unfit unfit ->
                    found.add(new Submodule.Unfit(path, "cannot be shared: " + unfit.reason()));
        }
    }

    private boolean isWhereGitPutsIt(HostRepository module) {
        return module.gitDirectory().startsWith(layout.own().resolve("modules"));
    }

    private static void addWithThoseInside(
            String path, HostRepository module, List<Submodule> found) throws InterruptedException {
        found.add(new Submodule.Present(path, module));
        for (Submodule deeper : module.submodules()) {
            String below = path + "/" + deeper.path();
            found.add(
                    switch (deeper) {
                        case Submodule.Present present ->
                                new Submodule.Present(below, present.repository());
                        case Submodule.Empty _ -> new Submodule.Empty(below);
                        case Submodule.Unfit unfit -> new Submodule.Unfit(below, unfit.why());
                    });
        }
    }

    private static boolean isWithoutLinks(Path directory) {
        try {
            return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && directory.toRealPath().equals(directory);
        } catch (IOException gone) {
            return false;
        }
    }
}
