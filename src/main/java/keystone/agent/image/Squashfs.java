package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import keystone.agent.model.Progress;
import keystone.agent.process.Command;

/// Packs a tar archive into a squashfs, the form of a guest's read-only disks.
final class Squashfs {
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private Squashfs() {}

    /// The options that decide about the bytes.
    static List<String> arguments(String target) {
        return List.of(
                "mksquashfs",
                "-",
                target,
                "-tar",
                "-noappend",
                "-quiet",
                "-no-progress",
                "-comp",
                "zstd",
                "-Xcompression-level",
                "6");
    }

    /// Packs an archive of our own making.
    static void pack(Path tar, Path target, Instant epoch, Progress progress)
            throws IOException, InterruptedException {
        long size = Files.size(tar);
        Command command =
                Command.of(arguments(target.toString()))
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
                progress.at("packing the disk", (double) done / size);
            }
        }
    }
}
