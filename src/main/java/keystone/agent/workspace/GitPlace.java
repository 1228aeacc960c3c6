package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import keystone.agent.process.Owned;

/// The place of a `.git` in a project that has none. While a guest is up that must not make one
/// there, an empty directory holds it, which git takes for nothing; whoever mounts over it makes
/// it.
public final class GitPlace implements Owned.Ending {
    private final Path place;
    private final boolean wasThere;

    /// Made before the shares are served.
    public GitPlace(Path project) {
        place = project.resolve(".git");
        wasThere = Files.exists(place, LinkOption.NOFOLLOW_LINKS);
    }

    /// Removes what holds the place, if that is all that is there.
    @Override
    public void close() {
        if (wasThere || !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.deleteIfExists(place);
        } catch (DirectoryNotEmptyException somebodyOnThisHostMadeARepository) {
            // It is theirs.
        } catch (IOException notOurs) {
            // An empty directory that git does not look at; the next start takes it again.
        }
    }
}
