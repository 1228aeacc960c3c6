package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.git.Assessment.Move;
import keystone.agent.git.Assessment.Place;
import keystone.agent.process.OpenFile;
import org.jspecify.annotations.Nullable;

/// What a sync is about to do, written down before it begins. A hard link to it is the index's
/// lock, so a lock that was left behind says itself whose it is.
final class Journal {
    private static final String TITLE = "keystone-agent sync 1";
    private static final int LARGEST = 16 << 10;
    private static final int LINES = 6;

    private Journal() {}

    static byte[] text(Move move) {
        return String.join(
                        "\n",
                        TITLE,
                        move.branch(),
                        move.from().hex(),
                        move.to().hex(),
                        Integer.toString(move.commits()),
                        move.place().name(),
                        "")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Null when the file is not there or is no journal.
    static @Nullable Move read(Path file) {
        List<String> lines = lines(file);
        if (lines.size() != LINES || !lines.getFirst().equals(TITLE)) {
            return null;
        }
        try {
            return new Move(
                    lines.get(1),
                    new ObjectId(lines.get(2)),
                    new ObjectId(lines.get(3)),
                    Integer.parseInt(lines.get(4)),
                    Place.valueOf(lines.get(5)));
        } catch (IllegalArgumentException damaged) {
            return null;
        }
    }

    /// Whether a lock is one of ours.
    static boolean isOurs(Path lock) {
        List<String> lines = lines(lock);
        return !lines.isEmpty() && lines.getFirst().equals(TITLE);
    }

    private static List<String> lines(Path file) {
        try (OpenFile open = OpenFile.itself(file)) {
            return new String(open.read(LARGEST), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException none) {
            return List.of();
        }
    }
}
