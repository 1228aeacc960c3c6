package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import keystone.agent.git.ProjectRepository.Borrows;
import keystone.agent.model.Owner;
import keystone.agent.process.OpenFile;

/// Finds from which directories a repository borrows objects, and from which those do
/// (gitrepository-layout(5), `objects/info/alternates`).
///
/// The guest will read all of them. So they must be the project's owner's, whatever root could
/// read, and out of the project.
final class Alternates {
    /// What git allows, and what a share can reasonably be made of.
    private static final int DEEPEST = 5;

    private static final int MOST = 8;
    private static final int LARGEST = 64 << 10;

    private final Path project;
    private final Owner owner;
    private final Set<Path> found = new LinkedHashSet<>();

    Alternates(Path project, Owner owner) {
        this.project = project;
        this.owner = owner;
    }

    /// One that a guest cannot be given.
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Borrows why;

        Unfit(Borrows why) {
            super(why.reason());
            this.why = why;
        }

        Borrows why() {
            return why;
        }
    }

    /// Without links, in the order in which git would look.
    List<Path> of(Path objects) throws Unfit {
        add(objects, 0);
        found.remove(objects);
        return new ArrayList<>(found);
    }

    private void add(Path objects, int depth) throws Unfit {
        Path file = objects.resolve("info/alternates");
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        for (String line : lines(file)) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("\"") || depth == DEEPEST) {
                throw new Unfit(new Borrows(file, "says it in a way that is not understood here"));
            }
            Path alternate = resolved(file, objects, line);
            // Git complains of one that is not there, and goes on.
            if (Files.isDirectory(alternate) && found.add(alternate)) {
                requireFit(alternate);
                add(alternate, depth + 1);
            }
        }
    }

    private static List<String> lines(Path file) throws Unfit {
        try (OpenFile open = OpenFile.itself(file)) {
            byte[] content = open.read(LARGEST + 1);
            if (content.length > LARGEST) {
                throw new IOException("too large");
            }
            return new String(content, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException unreadable) {
            throw new Unfit(new Borrows(file, "cannot be read"));
        }
    }

    private static Path resolved(Path file, Path objects, String line) throws Unfit {
        try {
            Path path = objects.resolve(line);
            return Files.exists(path) ? path.toRealPath() : path.normalize();
        } catch (IOException | InvalidPathException strange) {
            throw new Unfit(new Borrows(file, "names a place that cannot be read"));
        }
    }

    private void requireFit(Path alternate) throws Unfit {
        if (alternate.startsWith(project)) {
            throw new Unfit(new Borrows(alternate, "is in the project, where the guest can write"));
        }
        if (found.size() > MOST) {
            throw new Unfit(new Borrows(alternate, "is one of more than " + MOST));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(alternate)) {
            Object uid = Files.getAttribute(alternate, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!Integer.valueOf(owner.uid()).equals(uid)) {
                throw new Unfit(new Borrows(alternate, "is not the project's owner's"));
            }
            for (Path entry : entries) {
                if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    throw new Unfit(new Borrows(alternate, "holds a link, or a file"));
                }
            }
        } catch (IOException closed) {
            throw new Unfit(new Borrows(alternate, "cannot be read"));
        }
    }
}
