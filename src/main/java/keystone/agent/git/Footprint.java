package keystone.agent.git;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/// What becomes another text whenever a branch, a tag or what is checked out changes.
///
/// Git writes a ref beside it and renames it to its place, or into one file with many: so the times
/// of the directories tell, and there are few of those.
final class Footprint {
    private static final int MOST_DIRECTORIES = 1000;

    private final StringBuilder text = new StringBuilder();

    private Footprint() {}

    static String of(Layout layout) {
        var footprint = new Footprint();
        footprint.add(layout.own().resolve("HEAD"));
        footprint.add(layout.common().resolve("packed-refs"));
        footprint.add(layout.common().resolve("shallow"));
        for (String refs : List.of("refs/heads", "refs/tags")) {
            footprint.addDirectories(layout.common().resolve(refs));
        }
        return footprint.text.toString();
    }

    static String ofIndex(Layout layout) {
        var footprint = new Footprint();
        footprint.add(layout.own().resolve("index"));
        return footprint.text.toString();
    }

    private void add(Path file) {
        try {
            text.append(
                    Files.readAttributes(file, "unix:ino,ctime,size", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException none) {
            text.append('-');
        }
        text.append('\n');
    }

    private void addDirectories(Path top) {
        var left = new ArrayDeque<>(List.of(top));
        for (int i = 0; i < MOST_DIRECTORIES && !left.isEmpty(); i++) {
            Path directory = left.pop();
            add(directory);
            try (DirectoryStream<Path> below =
                    Files.newDirectoryStream(
                            directory,
                            each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))) {
                below.forEach(left::push);
            } catch (IOException gone) {
                text.append('-');
            }
        }
    }
}
