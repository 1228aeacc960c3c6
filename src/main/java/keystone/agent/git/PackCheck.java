package keystone.agent.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import keystone.agent.process.OpenFile;

/// Checks what was fetched into a partial clone. Git's own check, made while it fetches, is of no
/// use there: it insists on every object that is mentioned, also on those that are only promised.
///
/// Which packs were there before is written down first, so that none that a killed one has left is
/// ever taken for one of the user's.
final class PackCheck {
    private static final String PACK = ".pack";
    private static final int LARGEST = 16 << 20;

    private final GitEnclosure enclosure;
    private final AsOwner asOwner;
    private final Path packs;
    private final Path known;

    /// @param directory of ours, in which only whoever has the lock writes
    PackCheck(GitEnclosure enclosure, AsOwner asOwner, Layout layout, Path directory) {
        this.enclosure = enclosure;
        this.asOwner = asOwner;
        this.packs = layout.common().resolve("objects/pack");
        this.known = directory.resolve("packs");
    }

    void begin() throws InterruptedException {
        if (!Files.exists(known, LinkOption.NOFOLLOW_LINKS)) {
            Path draft = Path.of(known + ".draft");
            byte[] names = String.join("\n", packs()).getBytes(StandardCharsets.UTF_8);
            asOwner.must(names, "dd", "of=" + draft, "oflag=nofollow", "status=none");
            asOwner.must("mv", "-fT", draft.toString(), known.toString());
        }
    }

    /// Those of the new packs that hold something malformed. They are to be [#remove]d.
    List<Path> malformed() throws InterruptedException {
        Set<String> before = before();
        var malformed = new ArrayList<Path>();
        for (String name : packs()) {
            Path pack = packs.resolve(name);
            if (!before.contains(name)
                    && !enclosure
                            .read("index-pack", "--verify", "--fsck-objects", pack.toString())
                            .ok()) {
                malformed.add(pack);
            }
        }
        return malformed;
    }

    void remove(List<Path> malformed) throws InterruptedException {
        for (Path pack : malformed) {
            String stem = pack.toString().substring(0, pack.toString().length() - PACK.length());
            asOwner.must("rm", "-f", stem + ".idx", stem + ".rev", stem + PACK);
        }
    }

    void end() throws InterruptedException {
        asOwner.must("rm", "-f", known.toString());
    }

    private Set<String> before() {
        try (OpenFile file = OpenFile.itself(known)) {
            String text = new String(file.read(LARGEST), StandardCharsets.UTF_8);
            return new TreeSet<>(text.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + known, e);
        }
    }

    private Set<String> packs() {
        var names = new TreeSet<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(packs, "*" + PACK)) {
            entries.forEach(each -> names.add(each.getFileName().toString()));
        } catch (IOException none) {
            // Git makes the directory when it needs it.
        }
        return names;
    }
}
