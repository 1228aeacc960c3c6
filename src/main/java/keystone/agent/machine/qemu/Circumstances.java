package keystone.agent.machine.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import keystone.agent.model.Digest;
import keystone.agent.process.ProcessIdentity;

/// Everything that a verdict about an accelerator depends on.
record Circumstances(List<String> facts) {
    Circumstances {
        facts = List.copyOf(facts);
    }

    /// @param qemu told apart by path, size and time, because asking its version takes longer than
    /// all of this
    static Circumstances now(Path qemu) {
        return new Circumstances(
                List.of(
                        ProcessIdentity.currentBootId(),
                        text(Path.of("/proc/version")),
                        processor(),
                        attributes(qemu.toString(), qemu, "size,lastModifiedTime"),
                        attributes("kvm", Accelerator.DEVICE, "uid,gid,mode,rdev")));
    }

    /// The first processor's model and abilities; its clock changes all the time.
    private static String processor() {
        return text(Path.of("/proc/cpuinfo"))
                .lines()
                .takeWhile(line -> !line.isBlank())
                .filter(line -> !line.contains("MHz"))
                .collect(Collectors.joining("\n"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static String attributes(String name, Path file, String wanted) {
        try {
            Map<String, Object> found = Files.readAttributes(file, "unix:" + wanted);
            return name + new TreeMap<>(found);
        } catch (IOException missing) {
            return name + " is missing";
        }
    }

    Digest digest() {
        return Digest.of(String.join("\0", facts));
    }
}
