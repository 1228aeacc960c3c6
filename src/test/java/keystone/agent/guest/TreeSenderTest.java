package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.process.Command;
import keystone.agent.process.OpenDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What we send is what the real tar of the guest unpacks, and what that sends is what we lay out.
final class TreeSenderTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// A tree with every kind of odd name; made by a shell, because Java cannot write them down.
    private static final String MAKE =
            """
            set -e
            mkdir -p "$1/sub dir/empty" && cd "$1"
            printf content >plain; printf x >$'new\\nline'; printf y >-rf; printf z >'a b'"'"'c"d\\e'
            printf bytes >$'\\377\\376 invalid'; mkdir $'sub dir/\\351'; printf in >$'sub dir/\\351/\\001'
            printf long >"$(printf 'n%.0s' $(seq 200))"
            mkdir -p "$(printf 'deep/%.0s' $(seq 60))"; printf d >"$(printf 'deep/%.0s' $(seq 60))file"
            ln -s 'sub dir' link; ln -s ../plain 'sub dir/up'; ln -s /etc/passwd out; ln -s $'\\377\\376 invalid' raw
            ln -s "$(printf 'l%.0s' $(seq 150))" longlink
            printf run >exec; chmod 755 exec; printf ro >readonly; chmod 444 readonly
            head -c 100000 /dev/urandom >big
            """;

    @TempDir Path home;

    private Path tree() throws InterruptedException {
        Path tree = home.resolve("tree");
        assertThat(Command.of("bash", "-c", MAKE, "bash", tree.toString()).run(LIMIT).errors())
                .isEmpty();
        return tree;
    }

    private void assertSame(Path one, Path other) throws InterruptedException {
        // Names, types, modes, links and content, as bytes.
        String list =
                "cd \"$1\" && find . -printf '%P %y %m %l\\0' | sort -z | od -c;"
                        + " find . -type f -print0 | sort -z | xargs -0 sha256sum -z | od -c";
        Command listing = Command.of("bash", "-c", list, "bash");
        assertThat(listing.with(other.toString()).run(LIMIT).output())
                .isEqualTo(listing.with(one.toString()).run(LIMIT).output())
                .isNotEmpty();
    }

    @Test
    void a_real_tar_unpacks_the_same_tree() throws Exception {
        Path tree = tree();
        Path unpacked = Files.createDirectory(home.resolve("unpacked"));
        var archive = new ByteArrayOutputStream();
        var tally = new CopyTally();

        TreeSender.tree(tree, archive, tally);
        Command.Finished tar =
                Command.of("tar", "-C", unpacked.toString(), "-xpf", "-")
                        .run(LIMIT, archive.toByteArray());

        assertThat(tar.errors()).isEmpty();
        assertSame(tree, unpacked);
        assertThat(tally.result().leftOut()).isEmpty();
    }

    @Test
    void what_a_real_tar_packs_is_laid_out_the_same() throws Exception {
        Path tree = tree();
        Files.delete(tree.resolve("out"));
        Path archive = home.resolve("archive");
        Command.of("tar", "--format=gnu", "--hard-dereference", "-cf", archive.toString())
                .with("-C", tree.toString(), ".")
                .run(LIMIT);
        Path received = Files.createDirectory(home.resolve("received"));

        try (var receiver =
                new TreeReceiver(
                        OpenDirectory.withoutLinks(received.toRealPath()),
                        "top",
                        new CopyTally())) {
            receiver.takeAll(
                    new TarReader(new ByteArrayInputStream(Files.readAllBytes(archive))), 1L << 30);
        }

        assertSame(tree, received.resolve("top"));
    }

    @Test
    void a_link_is_sent_as_a_link_and_what_is_special_is_left_out() throws Exception {
        Path tree = Files.createDirectory(home.resolve("t"));
        Files.createSymbolicLink(tree.resolve("secret"), Path.of("/etc/passwd"));
        Command.of("mkfifo", tree.resolve("pipe").toString()).run(LIMIT);
        var archive = new ByteArrayOutputStream();
        var tally = new CopyTally();

        TreeSender.tree(tree, archive, tally);

        TarEntry only = first(archive);
        assertThat(only)
                .isEqualTo(
                        new TarEntry(
                                "secret", TarEntry.Kind.SYMBOLIC_LINK, 0777, 0, "/etc/passwd"));
        assertThat(tally.result().leftOut())
                .containsExactly("`pipe` is no file, directory or link");
    }

    private static TarEntry first(ByteArrayOutputStream archive) throws IOException {
        // POSIX's magic where the guest's tar writes GNU's; the rest is the same.
        byte[] bytes = archive.toByteArray();
        System.arraycopy(
                "ustar  ".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, bytes, 257, 7);
        bytes[264] = 0;
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += i >= 148 && i < 156 ? ' ' : bytes[i] & 0xff;
        }
        byte[] digits =
                String.format("%06o\0 ", sum).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, bytes, 148, 8);
        return java.util.Objects.requireNonNull(
                new TarReader(new ByteArrayInputStream(bytes)).next());
    }
}
