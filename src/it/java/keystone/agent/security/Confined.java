package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import keystone.agent.it.Sandbox;
import keystone.agent.model.Owner;

/// What must hold of QEMU and of what a guest writes, whoever started it.
final class Confined {
    private static final Set<String> VISIBLE =
            Set.of(
                    "bin",
                    "config.tar",
                    "dev",
                    "disk",
                    "etc",
                    "gnu",
                    "image",
                    "lib",
                    "lib32",
                    "lib64",
                    "libx32",
                    "monitor.sock",
                    "nix",
                    "proc",
                    "sbin",
                    "share",
                    "usr");

    /// The first share has what git borrows, and can only be read.
    private static final String PROJECT = "/share/1";

    private static final Set<String> WRITABLE =
            Set.of("/disk", "/monitor.sock", PROJECT, "/proc", "/dev/null", "/dev/urandom");

    private static final List<String> OWN_NAMESPACES =
            List.of("cgroup", "ipc", "mnt", "pid", "uts");

    private Confined() {}

    /// It works as the owner, and with no right that the owner does not need.
    static void worksAs(ProcessView qemu, Owner owner) {
        assertThat(qemu.status("Uid")).isEqualTo(fourTimes(owner.uid()));
        assertThat(qemu.status("Gid")).isEqualTo(fourTimes(owner.gid()));
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapAmb")) {
            assertThat(qemu.status(set)).as(set).isEqualTo("0000000000000000");
        }
        assertThat(qemu.status("NoNewPrivs")).isEqualTo("1");
        assertThat(qemu.status("Seccomp")).isEqualTo("2");
    }

    private static String fourTimes(int id) {
        return "%1$d %1$d %1$d %1$d".formatted(id);
    }

    /// The owner is 1000 in the eyes of QEMU, and nobody else exists.
    static void isMapped(ProcessView qemu, Owner owner) {
        assertThat(qemu.map("uid_map")).isEqualTo("1000 " + owner.uid() + " 1");
        assertThat(qemu.map("gid_map")).isEqualTo("1000 " + owner.gid() + " 1");
        assertThat(qemu.namespaces().get("user"))
                .isNotEqualTo(ProcessView.self().namespaces().get("user"));
    }

    /// It sees what it was given, and can write only the disk, the project and its way to us.
    static void seesOnlyItsFiles(ProcessView qemu) {
        Map<String, String> ours = ProcessView.self().namespaces();
        for (String kind : OWN_NAMESPACES) {
            assertThat(qemu.namespaces().get(kind)).as(kind).isNotEqualTo(ours.get(kind));
        }
        assertThat(VISIBLE).containsAll(qemu.list("/"));
        assertThat(Set.of("null", "urandom", "kvm")).containsAll(qemu.list("/dev"));
        assertThat(Set.of("alternatives", "ld.so.cache")).containsAll(qemu.list("/etc"));
        assertThat(qemu.mounts())
                .filteredOn(mount -> !mount.isReadOnly())
                .extracting(ProcessView.Mount::point)
                .allMatch(point -> WRITABLE.contains(point) || point.equals("/dev/kvm"));
    }

    /// Whoever of the guest makes a file, outside it belongs to the owner.
    static void writesAs(Sandbox sandbox, Owner owner) throws IOException, InterruptedException {
        sandbox.says(
                "sh",
                "-ec",
                """
                mkdir -p of-user/deep && echo user >of-user/deep/file && ln -s file of-user/deep/link
                sudo mkdir -p of-root/deep && sudo sh -c 'echo root >of-root/deep/file'
                sudo ln -s /etc/shadow of-root/link && sudo chmod 600 of-root/deep/file
                cat of-root/deep/file
                """);
        assertThat(owners(sandbox.project().path())).containsOnly(owner);
    }

    private static Collection<Owner> owners(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> all = files.toList();
            assertThat(all).hasSizeGreaterThan(8);
            return all.stream().map(Confined::ownerOf).toList();
        }
    }

    private static Owner ownerOf(Path file) {
        try {
            return new Owner(
                    (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS),
                    (Integer) Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static void leavesNothing(Sandbox sandbox) throws InterruptedException {
        sandbox.keystone("stop").run().succeeds();

        assertThat(sandbox.state()).isEqualTo("stopped");
        assertThat(sandbox.processes()).isEmpty();
        assertThat(sandbox.home().runs()).isEmpty();
    }
}
