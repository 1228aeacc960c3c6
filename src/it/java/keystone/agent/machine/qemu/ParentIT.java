package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import keystone.agent.process.HostUser;
import keystone.agent.process.Patience;
import keystone.agent.process.ProcessTable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// QEMU and the process that owns it, which may be killed at any moment.
class ParentIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int SOMEBODY = 61236;

    @TempDir private Path directory;

    @Test
    void a_killed_parent_takes_qemu_with_it() throws Exception {
        Process parent = start(List.of());
        BufferedReader told = reader(parent);
        assertThat(told.readLine()).isEqualTo("booting");
        assertThat(told.readLine()).matches("\\d+ \\d+");

        parent.destroyForcibly().waitFor();

        assertNothingLeft();
    }

    /// The parent-death signal alone would not do: it is asked for only some moments after the
    /// fork.
    @RepeatedTest(5)
    void a_parent_killed_while_qemu_starts_leaves_none() throws Exception {
        killWhileStarting();
    }

    @RepeatedTest(60)
    @Tag("full")
    void a_parent_killed_while_qemu_starts_leaves_none_however_often() throws Exception {
        killWhileStarting();
    }

    private void killWhileStarting() throws Exception {
        Process parent = start(List.of());
        assertThat(reader(parent).readLine()).isEqualTo("booting");
        // At an unlucky moment; the whole way to QEMU's first instruction takes about 200 ms.
        long moment = ThreadLocalRandom.current().nextLong(300_000_000);
        assertThat(parent.waitFor(moment, TimeUnit.NANOSECONDS)).isFalse();

        parent.destroyForcibly().waitFor();

        assertNothingLeft();
    }

    @Test
    void an_ordinary_user_is_mapped_to_1000_without_any_help_of_root() throws Exception {
        assumeTrue(HostUser.current().isRoot(), "NOT RUN: only root can become somebody else");
        // ssh-keygen makes none for a user without a name.
        Files.createDirectories(directory.resolve("m"));
        var set = TestMachine.in(directory.resolve("m"), directory, HostUser.current().ids());
        set.keys();
        TestImage.copyTo(directory.resolve("image"));
        handOver(directory);
        String uid = Integer.toString(SOMEBODY);
        Process parent =
                start(
                        List.of(
                                "setpriv",
                                "--reuid=" + uid,
                                "--regid=" + uid,
                                "--groups=" + uid + ",4400",
                                "--inh-caps=-all",
                                "--"));
        BufferedReader told = reader(parent);
        assertThat(told.readLine()).isEqualTo("booting");
        String[] facts = told.readLine().split(" ", 2);
        var qemu = new ProcessStatus(Long.parseLong(facts[0]));

        assertThat(qemu.field("Uid")).isEqualTo(String.join(" ", uid, uid, uid, uid));
        assertThat(qemu.field("CapEff")).matches("0+");
        assertThat(qemu.field("CapBnd")).matches("0+");
        assertThat(qemu.field("NoNewPrivs")).isEqualTo("1");
        assertThat(qemu.field("Seccomp")).isEqualTo("2");
        assertThat(qemu.map("uid_map")).isEqualTo("1000 " + uid + " 1");
        assertThat(qemu.sees("/")).doesNotContain("home", "root", "tmp", "var", "run");
        assertThat(told.readLine()).isEqualTo("ready");
        set.ssh(Integer.parseInt(facts[1]), "echo hi >/workspace/made; chmod 750 /workspace/made");
        assertThat(TestMachine.uid(directory.resolve("project/made"))).isEqualTo(SOMEBODY);

        parent.destroyForcibly().waitFor();

        assertNothingLeft();
    }

    private Process start(List<String> before) throws IOException, InterruptedException {
        Path project = Files.createDirectories(directory.resolve("project"));
        if (!before.isEmpty()) {
            Files.setAttribute(project, "unix:uid", SOMEBODY);
        }
        var command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classes(before.isEmpty())));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(BootMain.class.getName(), directory.resolve("m").toString()));
        command.add(project.toString());
        var builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        Path copy = directory.resolve("image");
        Path image = Files.exists(copy) ? copy : TestImage.get().kernel().getParent();
        builder.environment().put(TestImage.VARIABLE, String.valueOf(image));
        return builder.start();
    }

    /// The class path; somebody else gets a copy, because ours may lie in a private home.
    private String classes(boolean forUs) throws IOException {
        String path = System.getProperty("surefire.test.class.path");
        String ours = path == null ? System.getProperty("java.class.path") : path;
        if (forUs) {
            return ours;
        }
        var copies = new ArrayList<String>();
        for (String entry : ours.split(":", -1)) {
            Path copy =
                    directory
                            .resolve("classes-" + copies.size())
                            .resolve(Path.of(entry).getFileName());
            copy(Path.of(entry), copy);
            copies.add(copy.toString());
        }
        handOver(directory);
        return String.join(":", copies);
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static void handOver(Path root) throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        return give(file);
                    }

                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path file, BasicFileAttributes attributes) throws IOException {
                        return give(file);
                    }
                });
    }

    private static FileVisitResult give(Path file) throws IOException {
        Files.setAttribute(file, "unix:uid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
        return FileVisitResult.CONTINUE;
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private void assertNothingLeft() {
        Path mark = directory.resolve("m");
        assertThat(
                        Patience.until(
                                SOON,
                                () -> ProcessTable.marked(ProcessTable.CHILD_MARK, mark).isEmpty()))
                .as("nothing is left")
                .isTrue();
    }
}
