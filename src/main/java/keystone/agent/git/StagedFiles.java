package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.PlainFile;

/// Compares files of the project with what is staged of them.
record StagedFiles(Path project, Git git) {
    private static final int LARGEST = 1 << 20;

    /// Characters of names: all arguments of a program have 2 MiB (execve(2)).
    private static final int MOST_AT_ONCE = 100_000;

    /// Which of these are staged as they are; of one that cannot be read that is not said.
    Set<String> among(Collection<String> paths) throws InterruptedException {
        var staged = new HashMap<String, String>();
        var some = new ArrayList<String>();
        int length = 0;
        for (String each : paths) {
            some.add(each);
            length += each.length();
            if (length > MOST_AT_ONCE) {
                staged.putAll(staged(some));
                some.clear();
                length = 0;
            }
        }
        if (!some.isEmpty()) {
            staged.putAll(staged(some));
        }
        return staged.entrySet().stream()
                .filter(each -> nameOf(each.getKey()).equals(Optional.of(each.getValue())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// The names of the objects; entries are such as `100644 OBJECT 0\tPATH`.
    private Map<String, String> staged(List<String> paths) throws InterruptedException {
        var arguments = new ArrayList<>(List.of("ls-files", "--stage", "-z", "--"));
        arguments.addAll(paths);
        var staged = new HashMap<String, String>();
        git.eachField(
                entry -> {
                    String[] field = entry.substring(0, entry.indexOf('\t')).split(" ", -1);
                    staged.put(entry.substring(entry.indexOf('\t') + 1), field[1]);
                },
                arguments.toArray(String[]::new));
        return staged;
    }

    private Optional<String> nameOf(String path) {
        Path file = project.resolve(path);
        Path parent = file.getParent();
        Path name = file.getFileName();
        if (parent == null || name == null) {
            return Optional.empty();
        }
        try (OpenDirectory directory = OpenDirectory.withoutLinks(parent)) {
            return PlainFile.read(directory, name, LARGEST).map(StagedFiles::blob);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static String blob(byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
