package keystone.agent.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import keystone.agent.git.HostRepository;
import keystone.agent.git.Submodule;
import keystone.agent.guest.GuestRepository;
import keystone.agent.guest.ModuleId;
import keystone.agent.model.Access;
import keystone.agent.model.Owner;
import keystone.agent.model.Share;
import keystone.agent.model.Share.Cover;
import keystone.agent.store.RunDir;
import keystone.agent.workspace.Shares;

/// Makes what stands in the place of the project's git for the guest.
///
/// @param run where it is made
/// @param owner of the project; git inside insists that what it obeys is theirs
record GitShares(RunDir run, Owner owner) {
    private static final String GIT = ".git";
    private static final String DIRECTORY = "rwx------";
    private static final String FILE = "rw-------";

    /// The shares as the guest gets them.
    Shares of(GitAccess git, Shares shares) {
        return switch (git) {
            case GitAccess.Direct _ -> shares;
            case GitAccess.None _ -> shares.covering(List.of(nothing()));
            case GitAccess.Cloned _ -> shares.withoutProject();
            case GitAccess.Own own -> shares.covering(covers(own)).lending(lent(own));
        };
    }

    private List<Cover> covers(GitAccess.Own git) {
        HostRepository repository = git.repository();
        var covers = new ArrayList<Cover>();
        covers.add(repository.isElsewhere() ? file(GIT, "top", "") : nothing());
        var fixed = new HashSet<String>();
        for (Submodule each : git.submodules()) {
            String path = each.path();
            for (int at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
                fix(path.substring(0, at), repository, fixed, covers);
            }
            switch (each) {
                case Submodule.Empty _, Submodule.Unfit _ ->
                        covers.add(new Cover(path, repository.project().resolve(path)));
                case Submodule.Present present -> {
                    fix(path, repository, fixed, covers);
                    ModuleId id = GitAccess.id(present.repository());
                    covers.add(file(path + "/" + GIT, id.text(), "/" + id.path()));
                }
            }
        }
        return covers;
    }

    /// Over itself: what is mounted somewhere cannot be renamed, and what is in it put in its
    /// place.
    private static void fix(
            String path, HostRepository repository, Set<String> fixed, List<Cover> covers) {
        if (fixed.add(path)) {
            Path itself = repository.project().resolve(path);
            covers.add(new Cover(path, itself, Access.READ_WRITE));
        }
    }

    private Cover nothing() {
        return new Cover(GIT, directory(run.empty()));
    }

    /// A file of ours that names a git directory of the guest's own.
    private Cover file(String place, String name, String directory) {
        Path file = directory(run.gitFiles()).resolve(name);
        try {
            Files.writeString(file, "gitdir: " + GuestRepository.DIRECTORY + directory + "\n");
            permit(file, FILE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        Disk.giveTo(owner, file);
        return new Cover(place, file);
    }

    /// Empty directories, and over each what it is named for.
    private Share lent(GitAccess.Own git) {
        var covers = new ArrayList<Cover>();
        lend("", git.repository(), covers);
        for (Submodule.Present each : git.present()) {
            lend(GitAccess.id(each.repository()).path() + "/", each.repository(), covers);
        }
        return new Share(run.borrowed(), GuestRepository.BORROWED, Access.READ_ONLY, covers);
    }

    private void lend(String below, HostRepository repository, List<Cover> covers) {
        lend(below + "objects", repository.objects(), covers);
        for (int i = 0; i < repository.borrowed().size(); i++) {
            lend(below + "borrowed" + i, repository.borrowed().get(i), covers);
        }
    }

    private void lend(String name, Path objects, List<Cover> covers) {
        directory(run.borrowed().resolve(name));
        covers.add(new Cover(name, objects));
        if (Files.exists(objects.resolve("info/alternates"), LinkOption.NOFOLLOW_LINKS)) {
            // It names places that the guest does not have: git there would complain each time.
            covers.add(new Cover(name + "/info", directory(run.empty())));
        }
    }

    private Path directory(Path path) {
        try {
            Files.createDirectories(path);
            for (Path each = path;
                    each != null && !each.equals(run.path());
                    each = each.getParent()) {
                permit(each, DIRECTORY);
                Disk.giveTo(owner, each);
            }
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + path, e);
        }
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
}
