package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Files and trees, there and back.
@ExtendWith(GuestExtension.class)
final class CopyIT {
    /// There are none in a test's own directory.
    private static final UnaryOperator<Path> LINKS = UnaryOperator.identity();

    private static final String MAKE =
            """
            set -e
            mkdir -p "$1/sub dir/empty" && cd "$1"
            printf content >plain; printf x >$'new\\nline'; printf y >-rf; printf z >'a b'"'"'c"d'
            printf bytes >$'\\377\\376 invalid'; mkdir $'sub dir/\\351'; printf in >$'sub dir/\\351/x'
            ln -s 'sub dir' link; ln -s ../plain 'sub dir/up'; printf '#!/bin/sh' >run; chmod 755 run
            printf ro >readonly; chmod 444 readonly; head -c 3000000 /dev/urandom >big
            """;

    @TempDir Path home;
    private final TestGuest box;

    CopyIT(TestGuest box) {
        this.box = box;
    }

    @AfterEach
    void clean_the_guest() throws InterruptedException {
        box.exec("sh", "-c", "rm -rf /tmp/cp ~/.local/bin/tar");
    }

    private Path tree() throws InterruptedException {
        Path tree = home.resolve("tree");
        Command.of("bash", "-c", MAKE, "bash", tree.toString()).run(TestGuest.LIMIT);
        return tree;
    }

    private String listing(Path tree) throws InterruptedException {
        String list =
                "cd \"$1\" && find . -printf '%P %y %m %l\\0' | sort -z | od -c;"
                        + " find . -type f -print0 | sort -z | xargs -0 sha256sum -z | od -c";
        return Command.of("bash", "-c", list, "bash", tree.toString())
                .run(TestGuest.LIMIT)
                .output();
    }

    @Test
    void a_tree_goes_in_and_comes_back_the_same() throws Exception {
        Path tree = tree();
        box.exec("mkdir", "-p", "/tmp/cp");

        Copied in = box.sessions.copyToGuest(tree, "/tmp/cp", LINKS);
        Copied out = box.sessions.copyFromGuest("/tmp/cp/tree", home.resolve("back"), LINKS);

        assertThat(listing(home.resolve("back"))).isEqualTo(listing(tree)).isNotEmpty();
        assertThat(in).isEqualTo(out);
        assertThat(out.leftOut()).isEmpty();
    }

    @Test
    void a_directory_that_exists_is_copied_into_and_one_that_does_not_is_made() throws Exception {
        Files.writeString(Files.createDirectory(home.resolve("d")).resolve("f"), "x");
        box.exec("mkdir", "-p", "/tmp/cp/there");

        box.sessions.copyToGuest(home.resolve("d"), "/tmp/cp/there", LINKS);
        box.sessions.copyToGuest(home.resolve("d"), "/tmp/cp/new", LINKS);
        box.sessions.copyToGuest(home.resolve("d/."), "/tmp/cp/there", LINKS);

        assertThat(box.exec("sh", "-c", "cd /tmp/cp; find . -type f | sort").output())
                .isEqualTo("./new/f\n./there/d/f\n./there/f\n");
        Path back = Files.createDirectory(home.resolve("back"));
        box.sessions.copyFromGuest("/tmp/cp/there", back, LINKS);
        box.sessions.copyFromGuest("/tmp/cp/there/.", back, LINKS);
        assertThat(back.resolve("there/d/f")).content().isEqualTo("x");
        assertThat(back.resolve("d/f")).content().isEqualTo("x");
    }

    @Test
    void a_file_replaces_a_file_with_mode_and_content() throws Exception {
        var bytes = new byte[100_000];
        new Random(3).nextBytes(bytes);
        Path file = Files.write(home.resolve("-odd 'name'\n"), bytes);
        Files.setPosixFilePermissions(
                file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-x--x"));
        box.exec("sh", "-c", "mkdir -p /tmp/cp; echo old >/tmp/cp/f");

        box.sessions.copyToGuest(file, "/tmp/cp/f", LINKS);
        box.sessions.copyToGuest(file, "/tmp/cp", LINKS);
        Files.writeString(home.resolve("back"), "old");
        box.sessions.copyFromGuest("/tmp/cp/f", home.resolve("back"), LINKS);

        assertThat(box.exec("stat", "-c", "%a", "/tmp/cp/f").output()).isEqualTo("751\n");
        assertThat(box.exec("cmp", "/tmp/cp/f", "/tmp/cp/-odd 'name'\n").status()).isZero();
        assertThat(box.exec("ls", "-A", "/tmp/cp").output().lines()).hasSize(3);
        assertThat(home.resolve("back")).hasBinaryContent(bytes);
    }

    @Test
    void a_relative_guest_path_is_below_the_workspace_and_a_tilde_is_home() throws Exception {
        Path file = Files.writeString(home.resolve("f"), "hello");

        box.sessions.copyToGuest(file, "copied here", LINKS);
        box.sessions.copyToGuest(file, "~/copied there", LINKS);

        assertThat(box.project().resolve("copied here")).content().isEqualTo("hello");
        assertThat(
                        box.exec(
                                        "sh",
                                        "-c",
                                        "cat ~/'copied there'; rm ~/'copied there' /workspace/copied*")
                                .output())
                .isEqualTo("hello");
    }

    @Test
    void what_cannot_be_done_is_said() throws IOException {
        Path file = Files.writeString(home.resolve("f"), "x");

        assertThatThrownBy(() -> box.sessions.copyToGuest(file, "/etc/nope", LINKS))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("Permission denied");
        assertThatThrownBy(() -> box.sessions.copyToGuest(home, "/no/such/place", LINKS))
                .hasMessageContaining("No such file or directory");
        assertThatThrownBy(() -> box.sessions.copyFromGuest("/no/such", home, LINKS))
                .hasMessageContaining("No such file or directory");
        assertThatThrownBy(
                        () ->
                                box.sessions.copyFromGuest(
                                        "/etc/hostname", home.resolve("a/b"), LINKS))
                .hasMessageContaining("there is no directory");
        assertThatThrownBy(() -> box.sessions.copyToGuest(home.resolve("none"), "/tmp", LINKS))
                .hasMessageContaining("there is no file or directory");
    }

    @Test
    void a_guest_whose_tar_lies_writes_nothing_outside() throws Exception {
        Path outside = Files.createDirectory(home.resolve("outside"));
        Path inside = Files.createDirectory(home.resolve("inside"));
        Map<String, byte[]> archives =
                Map.of(
                        "dots", new TarBytes().directory("./").file("../outside/a", "evil").end(),
                        "absolute",
                                new TarBytes().directory("./").file(outside + "/a", "evil").end(),
                        "link",
                                new TarBytes()
                                        .directory("./")
                                        .link("./l", outside.toString())
                                        .file("./l/a", "evil")
                                        .end());

        for (var each : archives.entrySet()) {
            box.exec(
                    each.getValue(),
                    TestGuest.request(
                            ExactArguments.of(
                                    List.of(
                                            "sh",
                                            "-c",
                                            "mkdir -p /tmp/cp ~/.local/bin; cat >/tmp/cp/evil;"
                                                    + " printf '#!/bin/sh\\ncat /tmp/cp/evil' >~/.local/bin/tar;"
                                                    + " chmod +x ~/.local/bin/tar"))));
            try {
                Copied copied = box.sessions.copyFromGuest("/tmp", inside, LINKS);
                assertThat(copied.leftOut()).as(each.getKey()).isNotEmpty();
            } catch (UserError refused) {
                assertThat(refused.problem()).as(each.getKey()).contains("cannot copy `/tmp`");
            }
        }

        assertThat(outside).isEmptyDirectory();
        assertThat(
                        Files.exists(inside.resolve("tmp/l"), LinkOption.NOFOLLOW_LINKS)
                                && Files.isSymbolicLink(inside.resolve("tmp/l")))
                .isFalse();
    }
}
