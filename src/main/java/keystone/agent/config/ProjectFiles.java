package keystone.agent.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// Reads `.keystone/agent.toml` of a project that a guest can write, without being led elsewhere:
/// folder and file are opened relative to each other, links are refused, and so is what is no plain
/// file or too long.
final class ProjectFiles {
    static final String FOLDER = ".keystone";
    static final int MOST_BYTES = 64 << 10;

    private static final Path FILE = Path.of("agent.toml");

    private ProjectFiles() {}

    /// Reads it once.
    ///
    /// @param project real path
    static Optional<ProjectFile.Content> read(Path project) {
        String shown = Printable.of(project.resolve(FOLDER).resolve(FILE).toString());
        try (DirectoryStream<Path> root = Files.newDirectoryStream(project)) {
            if (!(root instanceof SecureDirectoryStream<Path> secure)) {
                throw new IOException("this file system cannot open files relative to a folder");
            }
            return textIn(secure, shown).map(text -> new ProjectFile.Content(project, text));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw unusable(shown + " cannot be read", e);
        }
    }

    private static Optional<String> textIn(SecureDirectoryStream<Path> project, String shown)
            throws IOException {
        BasicFileAttributes folder = attributes(project, Path.of(FOLDER));
        if (!folder.isDirectory()) {
            throw refused(shown, "its folder is a link or no folder");
        }
        try (SecureDirectoryStream<Path> opened =
                project.newDirectoryStream(Path.of(FOLDER), LinkOption.NOFOLLOW_LINKS)) {
            BasicFileAttributes file = attributes(opened, FILE);
            // Opening a pipe would wait for its writer.
            if (!file.isRegularFile()) {
                throw refused(shown, "it is a link or no plain file");
            }
            return Optional.of(textOf(opened, shown));
        }
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> in, Path name)
            throws IOException {
        return in.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    private static String textOf(SecureDirectoryStream<Path> folder, String shown)
            throws IOException {
        try (ReadableByteChannel channel =
                folder.newByteChannel(
                        FILE, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            return text(channel, shown);
        }
    }

    /// The rest of the channel as text.
    static String text(ReadableByteChannel channel, String shown) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES + 1);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Until its end, or until it is too long.
        }
        if (!bytes.hasRemaining()) {
            throw refused(shown, "it is longer than " + (MOST_BYTES >> 10) + " KiB");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException notUtf8) {
            throw refused(shown, "it is not UTF-8 text");
        }
    }

    private static UserError refused(String shown, String why) {
        return UserError.usage(shown + " is not read: " + why, "make it a plain text file");
    }

    private static UserError unusable(String problem, IOException why) {
        return new UserError(
                UserError.Kind.FAILED, problem, "see that you may read the project", why);
    }
}
