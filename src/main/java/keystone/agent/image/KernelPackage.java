package keystone.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.process.Command;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Takes the kernel and the modules that a guest can use out of the kernel's packages, without
/// installing them: their install scripts would want a boot loader.
final class KernelPackage {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern KERNEL = Pattern.compile("\\./boot/vmlinuz-([A-Za-z0-9.+~-]+)");
    private static final Pattern MODULES =
            Pattern.compile("\\./(?:usr/)?lib/modules/([A-Za-z0-9.+~-]+)/(.+)");

    private final List<String> wanted;
    private final Path directory;
    private String version = "";

    /// @param wanted folders and modules below `kernel/`, as `guest/modules` lists them
    private KernelPackage(List<String> wanted, Path directory) {
        this.wanted = wanted;
        this.directory = directory;
    }

    /// Unpacks to `vmlinuz` and `modules/` in the directory.
    ///
    /// @return the kernel's version as its modules' folder is named
    static String unpack(List<Path> packages, List<String> wanted, Path directory)
            throws IOException, InterruptedException {
        var unpacking = new KernelPackage(wanted, directory);
        Files.createDirectories(directory.resolve("modules"));
        for (Path each : packages) {
            Tool.of(Command.of("dpkg-deb", "--fsys-tarfile", each.toString()), LIMIT)
                    .to(unpacking::read)
                    .run();
        }
        if (unpacking.version.isEmpty()) {
            throw new IOException("the kernel's packages hold no kernel");
        }
        return unpacking.version;
    }

    private void read(InputStream stream) throws IOException {
        var tar = new TarArchiveInputStream(stream);
        for (TarArchiveEntry entry = tar.getNextEntry();
                entry != null;
                entry = tar.getNextEntry()) {
            if (!entry.isFile()) {
                continue;
            }
            Matcher kernel = KERNEL.matcher(entry.getName());
            Matcher module = MODULES.matcher(entry.getName());
            if (kernel.matches()) {
                version = kernel.group(1);
                copy(tar, directory.resolve("vmlinuz"));
            } else if (module.matches() && isWanted(module.group(2))) {
                copy(tar, directory.resolve("modules").resolve(module.group(2)).normalize());
            }
        }
    }

    private boolean isWanted(String path) {
        if (path.startsWith("modules.")) {
            return true;
        }
        return wanted.stream()
                .map(each -> "kernel/" + each)
                .anyMatch(each -> path.startsWith(each + "/") || path.startsWith(each + ".ko"));
    }

    private void copy(InputStream content, Path target) throws IOException {
        if (!target.startsWith(directory)) {
            throw new IOException("a kernel package leads out of its directory");
        }
        Files.createDirectories(target.getParent());
        Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
    }
}
