package keystone.agent.review;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import keystone.agent.model.Digest;
import keystone.agent.model.Review.Baseline;

/// What was in a tree when it was looked at, as it is kept on the disk.
///
/// The first line is `keystone-inventory 1 BASELINE MILLISECONDS`, and for a mount its path; then a
/// line for each name: the item's kind, octal mode, size, modified, changed, inode, content's
/// digest or `-`, name, and a link's target. Names are bytes: all but printable ASCII is written as
/// `%XX`.
///
/// @param items by name, in the form of [keystone.agent.process.RawPath#nameOf]
record Inventory(Head head, Map<String, Item> items) {
    static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final String FORMAT = "keystone-inventory 1 ";
    private static final int FIELDS = 9;
    private static final int HEAD_FIELDS = 3;
    private static final int OCTAL = 8;

    /// What is known of a look beside what was seen.
    ///
    /// @param root of a mount: where it is, in the form of link targets; empty of a project
    record Head(Instant made, Baseline kind, String root) {
        private static Head of(String line) throws IOException {
            if (!line.startsWith(FORMAT)) {
                throw new IOException("it is not an inventory");
            }
            String[] fields = line.substring(FORMAT.length()).split(" ", HEAD_FIELDS);
            return new Head(
                    Instant.ofEpochMilli(Long.parseLong(fields[1])),
                    Baseline.valueOf(fields[0]),
                    fields.length == HEAD_FIELDS ? decoded(fields[2]) : "");
        }

        private String line() {
            String line = FORMAT + kind.name() + " " + made.toEpochMilli();
            return root.isEmpty() ? line : line + " " + encoded(root);
        }
    }

    private interface Reading<T> {
        T from(BufferedReader lines) throws IOException;
    }

    static Inventory read(Path file) throws IOException {
        return read(
                file,
                lines -> {
                    Head head = Head.of(String.valueOf(lines.readLine()));
                    var items = new HashMap<String, Item>();
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        String[] fields = line.split(" ", FIELDS);
                        items.put(decoded(fields[7]), item(fields));
                    }
                    return new Inventory(head, items);
                });
    }

    static Head head(Path file) throws IOException {
        return read(file, lines -> Head.of(String.valueOf(lines.readLine())));
    }

    private static <T> T read(Path file, Reading<T> reading) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            return reading.from(lines);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException damaged) {
            throw new IOException("it is damaged", damaged);
        }
    }

    private static Item item(String[] fields) {
        return new Item(
                Item.Kind.valueOf(fields[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(fields[1], OCTAL),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[4]),
                Long.parseLong(fields[5]),
                decoded(fields[8]),
                fields[6].equals("-") ? null : new Digest(fields[6]));
    }

    private static String decoded(String field) {
        var text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '%') {
                text.append((char) HexFormat.fromHexDigits(field, i + 1, i + 3));
                i += 2;
            } else {
                text.append(field.charAt(i));
            }
        }
        return text.toString();
    }

    private static String encoded(String text) {
        var field = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each > ' ' && each < 0x7f && each != '%') {
                field.append(each);
            } else {
                field.append('%').append(HexFormat.of().toHexDigits((byte) each));
            }
        }
        return field.toString();
    }

    /// An inventory that is being written beside the one that it will replace; that one stays until
    /// [#commit].
    static final class Draft implements AutoCloseable {
        private static final Duration LONGEST_LOOK = Duration.ofHours(1);
        private final Path file;
        private final Path temporary;
        private final FileChannel channel;
        private final BufferedWriter lines;

        /// Begins one.
        ///
        /// @param file what it will be
        Draft(Path file, Head head) throws IOException {
            this.file = file;
            Path directory = Objects.requireNonNull(file.getParent());
            String prefix = "." + file.getFileName() + "-";
            sweep(directory, prefix, head.made());
            this.temporary = Files.createTempFile(directory, prefix, ".new", PRIVATE);
            this.channel = FileChannel.open(temporary, Set.of(StandardOpenOption.WRITE));
            this.lines = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.US_ASCII));
            lines.write(head.line() + "\n");
        }

        /// Removes the drafts of commands that were killed, unless they may still be at work.
        private static void sweep(Path directory, String prefix, Instant now) throws IOException {
            try (DirectoryStream<Path> drafts =
                    Files.newDirectoryStream(directory, prefix + "*.new")) {
                for (Path draft : drafts) {
                    if (isOlder(draft, now.minus(LONGEST_LOOK))) {
                        Files.deleteIfExists(draft);
                    }
                }
            }
        }

        private static boolean isOlder(Path draft, Instant than) throws IOException {
            try {
                return Files.getLastModifiedTime(draft).toInstant().isBefore(than);
            } catch (NoSuchFileException itsCommandHasEnded) {
                return false;
            }
        }

        void add(String name, Item item) throws IOException {
            Digest content = item.content();
            String fields =
                    String.join(
                            " ",
                            item.kind().name().toLowerCase(Locale.ROOT),
                            Integer.toOctalString(item.mode()),
                            Long.toString(item.size()),
                            Long.toString(item.modified()),
                            Long.toString(item.changed()),
                            Long.toString(item.inode()),
                            content == null ? "-" : content.hex(),
                            encoded(name),
                            encoded(item.target()));
            lines.write(fields + "\n");
        }

        /// Makes it the inventory. Others may do so at once: the last one counts.
        ///
        /// @param before where the one that it replaces is kept, when there is one
        void commit(Path before) throws IOException {
            finish();
            keepAs(before);
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }

        /// Makes it the inventory where there is none: of several, the first one counts.
        ///
        /// @param before what a look of earlier may have left, which goes
        /// @return whether it is the one
        boolean commitFirst(Path before) throws IOException {
            finish();
            try {
                Files.createLink(file, temporary);
                Files.deleteIfExists(before);
                return true;
            } catch (FileAlreadyExistsException another) {
                return false;
            }
        }

        private void finish() throws IOException {
            lines.flush();
            channel.force(true);
        }

        /// By a link of its own, which takes the other's place in one step.
        private void keepAs(Path before) throws IOException {
            // Named so that no sweep takes it for an old draft: its time is that of the last look.
            Path link = temporary.resolveSibling(temporary.getFileName() + "-before");
            try {
                Files.createLink(link, file);
                Files.move(
                        link,
                        before,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (NoSuchFileException none) {
                Files.deleteIfExists(before);
            } finally {
                Files.deleteIfExists(link);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }
}
