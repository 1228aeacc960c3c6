package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;

/// Which file of a directory a link in it leads to, found out by reading the link and not by
/// following it. Names are bytes, each as the character of the same number.
///
/// @param root the directory's path, and the same held open
record LinkTarget(Path root, OpenDirectory open) {
    /// Where a link leads.
    sealed interface Answer {
        /// To a plain file of the directory.
        record Inside(String path) implements Answer {}

        /// To what the guest does not have, or to no file.
        record Nowhere() implements Answer {}

        /// Through another link.
        record Unclear() implements Answer {}
    }

    /// @param link its path
    /// @param text what is in it
    Answer of(String link, String text) {
        Deque<String> names = new ArrayDeque<>();
        String rest = text;
        if (text.startsWith("/")) {
            String top = RawPath.linkOf(root) + "/";
            if (!text.startsWith(top)) {
                return new Answer.Nowhere();
            }
            rest = text.substring(top.length());
        } else {
            List<String> own = List.of(link.split("/", -1));
            names.addAll(own.subList(0, own.size() - 1));
        }
        boolean hasBegun = false;
        for (String name : rest.split("/", -1)) {
            if (name.equals("..")) {
                // What is above a directory of that name shows only who follows it.
                if (hasBegun) {
                    return new Answer.Unclear();
                }
                if (names.pollLast() == null) {
                    return new Answer.Nowhere();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                hasBegun = true;
                names.addLast(name);
            }
        }
        return look(List.copyOf(names));
    }

    private Answer look(List<String> names) {
        // The top is a directory, which nothing masks; `.git` is covered, or shared on purpose.
        if (names.isEmpty() || names.contains(".git")) {
            return new Answer.Nowhere();
        }
        try {
            OpenDirectory at = open.child(Path.of("."));
            for (String name : names.subList(0, names.size() - 1)) {
                try (OpenDirectory above = at) {
                    if (Files.isSymbolicLink(above.path().resolve(RawPath.ofName(name)))) {
                        return new Answer.Unclear();
                    }
                    at = above.child(RawPath.ofName(name));
                }
            }
            try (OpenDirectory parent = at) {
                Path file = parent.path().resolve(RawPath.ofName(names.getLast()));
                if (Files.isSymbolicLink(file)) {
                    return new Answer.Unclear();
                }
                return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        ? new Answer.Inside(String.join("/", names))
                        : new Answer.Nowhere();
            }
        } catch (IOException none) {
            return new Answer.Nowhere();
        }
    }
}
