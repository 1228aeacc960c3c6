package keystone.agent.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import keystone.agent.process.Command;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/// The initial RAM disk: busybox, our `init`, and the drivers between the kernel and the disks. Not
/// packed, because unpacking costs more at each boot than reading seven megabytes.
final class Initrd {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Set<String> PROGRAMS = Set.of("init", "bin/busybox");
    private static final List<String> MOUNT_POINTS =
            List.of("dev", "disk", "lower", "lower/base", "proc", "root", "sys");

    /// From a file's path to its content.
    private final SortedMap<String, byte[]> files = new TreeMap<>();

    private final Instant epoch;
    private int nextInode = 1;

    private Initrd(Instant epoch) {
        this.epoch = epoch;
    }

    /// What goes in.
    ///
    /// @param kernel its version, as the folder of its modules is named
    /// @param modules the directory that holds the kernel's modules
    record Parts(
            GuestFiles guest,
            Path busybox,
            String kernel,
            Path modules,
            ModuleIndex index,
            Instant epoch) {}

    static void write(Parts parts, Path target) throws IOException, InterruptedException {
        var initrd = new Initrd(parts.epoch());
        initrd.files.put("init", parts.guest().file("initramfs/init").content());
        initrd.files.put("bin/busybox", Files.readAllBytes(parts.busybox()));
        initrd.addDrivers(parts);
        try (OutputStream out = Files.newOutputStream(target)) {
            initrd.writeTo(out);
        }
    }

    /// The modules, unpacked and in one folder, and what `modprobe` must know of them.
    private void addDrivers(Parts parts) throws IOException, InterruptedException {
        String folder = "lib/modules/" + parts.kernel() + "/";
        List<String> wanted = parts.guest().list("drivers");
        var index = new StringBuilder();
        for (List<String> module : parts.index().withAllNeeded(wanted)) {
            String path = module.getFirst();
            files.put(folder + flat(path), unpacked(parts.modules().resolve(path)));
            List<String> needs = module.stream().skip(1).map(Initrd::flat).toList();
            index.append(flat(path)).append(": ").append(String.join(" ", needs)).append('\n');
        }
        files.put(folder + "modules.dep", bytes(index.toString()));
        files.put("drivers", bytes(String.join(" ", wanted) + "\n"));
    }

    private static String flat(String path) {
        return ModuleIndex.name(path) + ".ko";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] unpacked(Path module) throws IOException, InterruptedException {
        String name = String.valueOf(module.getFileName());
        byte[] content = Files.readAllBytes(module);
        if (name.endsWith(".ko")) {
            return content;
        }
        var out = new ByteArrayOutputStream();
        Tool.of(Command.of(name.endsWith(".xz") ? "xz" : "zstd", "-dc"), LIMIT)
                .from(stream -> stream.write(content))
                .to(stream -> stream.transferTo(out))
                .run();
        return out.toByteArray();
    }

    private void writeTo(OutputStream out) throws IOException {
        var directories = new TreeSet<>(MOUNT_POINTS);
        files.keySet().forEach(file -> directories.addAll(parents(file)));
        var cpio = new CpioArchiveOutputStream(out, CpioConstants.FORMAT_NEW);
        for (String directory : directories) {
            put(cpio, directory, CpioConstants.C_ISDIR | 0755, new byte[0]);
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            int mode = PROGRAMS.contains(file.getKey()) ? 0755 : 0644;
            put(cpio, file.getKey(), CpioConstants.C_ISREG | mode, file.getValue());
        }
        cpio.finish();
    }

    private static List<String> parents(String path) {
        var parents = new ArrayList<String>();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            parents.add(path.substring(0, slash));
        }
        return parents;
    }

    private void put(CpioArchiveOutputStream cpio, String path, int mode, byte[] content)
            throws IOException {
        var entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path, content.length);
        entry.setMode(mode);
        entry.setInode(nextInode++);
        entry.setNumberOfLinks(1);
        entry.setTime(epoch.getEpochSecond());
        cpio.putArchiveEntry(entry);
        cpio.write(content);
        cpio.closeArchiveEntry();
    }
}
