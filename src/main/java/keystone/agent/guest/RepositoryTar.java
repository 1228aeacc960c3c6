package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.guest.GuestRepository.Files;
import keystone.agent.process.Command;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// What [GuestScript#follow] reads. It is written line by line, once to count and once to send:
/// a supervisor has no room for all the lines of a repository with tens of thousands of tags.
final class RepositoryTar implements Command.Input {
    private static final int PRIVATE = 0600;

    private final Following following;
    private final byte[] index;
    private final Files files;

    /// For one guest.
    ///
    /// @param index the content of the host's index; empty when there is none that the guest can
    ///     use
    RepositoryTar(Following following, byte[] index, Files files) {
        this.following = following;
        this.index = index;
        this.files = files;
    }

    /// Gives its lines to a reader, each time the same ones.
    private interface Lines {
        void each(Consumer<String> reader);
    }

    /// For a script that reads lines.
    static Command.Input lines(List<String> lines) {
        return to -> write(lines::forEach, to);
    }

    @Override
    public void writeTo(OutputStream to) throws IOException {
        HostState host = following.host();
        try (var tar = new TarArchiveOutputStream(to, 512, UTF_8.name())) {
            add(tar, "forgotten", following::eachForgotten);
            add(tar, "refs", following::eachCommand);
            if (following.guest().isNew()) {
                add(tar, "new", new byte[0]);
            }
            add(tar, "was", (host.head() + "\n").getBytes(UTF_8));
            add(tar, "shallow", host.shallow().getBytes(UTF_8));
            if (host.objects() == HostState.Objects.SOME) {
                add(tar, "promises", new byte[0]);
            }
            String head = following.head();
            if (head != null) {
                add(tar, "HEAD", (head + "\n").getBytes(UTF_8));
            }
            if (following.takesIndex() && files == Files.APART) {
                add(tar, "checkout", new byte[0]);
            } else if (following.takesIndex() && index.length > 0) {
                add(tar, "index", index);
            } else if (following.takesIndex()) {
                add(tar, "no-index", new byte[0]);
            }
        }
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        begin(tar, name, content.length);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void add(TarArchiveOutputStream tar, String name, Lines lines)
            throws IOException {
        var size = new Size();
        lines.each(size);
        begin(tar, name, size.bytes);
        write(lines, tar);
        tar.closeArchiveEntry();
    }

    private static void begin(TarArchiveOutputStream tar, String name, long size)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(PRIVATE);
        tar.putArchiveEntry(entry);
    }

    private static final class Size implements Consumer<String> {
        private long bytes;

        @Override
        public void accept(String line) {
            bytes += bytes(line).length;
        }
    }

    private static void write(Lines lines, OutputStream to) throws IOException {
        try {
            lines.each(
                    line -> {
                        try {
                            to.write(bytes(line));
                        } catch (IOException gone) {
                            throw new UncheckedIOException(gone);
                        }
                    });
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        }
    }

    private static byte[] bytes(String line) {
        return (line + "\n").getBytes(UTF_8);
    }
}
