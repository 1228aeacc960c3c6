package keystone.agent.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.git.HostRepository;
import keystone.agent.guest.GuestRepository;
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
    private static final String DIRECTORY = "rwxr-xr-x";
    private static final String FILE = "rw-r--r--";

    /// The shares as the guest gets them.
    Shares of(GitAccess git, Shares shares) {
        return switch (git) {
            case GitAccess.Direct _ -> shares;
            case GitAccess.None _ -> shares.covering(List.of(nothing()));
            case GitAccess.Cloned _ -> shares.withoutProject();
            case GitAccess.Own(HostRepository repository) ->
                    shares.covering(List.of(repository.isElsewhere() ? file() : nothing()))
                            .lending(borrowed(repository));
        };
    }

    private Cover nothing() {
        return new Cover(GIT, directory(run.empty()));
    }

    /// A file of ours that names the guest's own git directory.
    private Cover file() {
        Path file = run.gitFile();
        try {
            Files.writeString(file, "gitdir: " + GuestRepository.DIRECTORY + "\n");
            permit(file, FILE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        Disk.giveTo(owner, file);
        return new Cover(GIT, file);
    }

    /// Empty directories, and over each what it is named for.
    private Share borrowed(HostRepository repository) {
        var covers = new ArrayList<Cover>();
        lend("objects", repository.objects(), covers);
        for (int i = 0; i < repository.borrowed().size(); i++) {
            lend("borrowed" + i, repository.borrowed().get(i), covers);
        }
        return new Share(run.borrowed(), GuestRepository.BORROWED, Access.READ_ONLY, covers);
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
            // Whoever serves it may work as another user.
            for (Path each = path;
                    each != null && !each.equals(run.path());
                    each = each.getParent()) {
                permit(each, DIRECTORY);
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
