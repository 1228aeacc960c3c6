package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import keystone.agent.model.Progress;
import keystone.agent.process.Command;

/// Packs a tar archive into a squashfs, the form of a guest's read-only disks.
final class Squashfs {
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private Squashfs() {}

    /// Reads an archive from its standard input. To be run as some namespace's root: the root
    /// directory of the result belongs to whom the process works as (of 4.5.1, `-root-uid` is
    /// without effect here).
    static List<String> arguments(String target) {
        String options =
                "-tar -noappend -quiet -no-progress -comp zstd -Xcompression-level 6"
                        + " -root-mode 0755";
        return Stream.concat(
                        Stream.of("mksquashfs", "-", target), Stream.of(options.split(" ", -1)))
                .toList();
    }

    /// Packs an archive of our own making.
    static void pack(Path tar, Path target, Instant epoch, Namespaces namespaces, Progress progress)
            throws IOException, InterruptedException {
        long size = Files.size(tar);
        Command command =
                namespaces
                        .command(Path.of("/"), arguments(target.toString()))
                        .withEnvironment(
                                "SOURCE_DATE_EPOCH", Long.toString(epoch.getEpochSecond()));
        Tool.of(command, LIMIT).from(stream -> copy(tar, stream, size, progress)).run();
    }

    private static void copy(Path tar, OutputStream to, long size, Progress progress)
            throws IOException {
        byte[] buffer = new byte[1 << 20];
        long done = 0;
        try (InputStream from = Files.newInputStream(tar)) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                done += n;
                progress.at("packing the disk", OptionalDouble.of((double) done / size));
            }
        }
    }
}
