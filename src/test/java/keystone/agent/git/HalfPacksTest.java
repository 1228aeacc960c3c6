package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What a refused fetch leaves beside the packs.
@Timeout(60)
final class HalfPacksTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_and_a_guest() throws Exception {
        sides = TwoSides.in(top);
    }

    private List<String> halfPacks() throws Exception {
        try (Stream<Path> packs = Files.list(sides.project.resolve(".git/objects/pack"))) {
            return packs.map(each -> each.getFileName().toString())
                    .filter(each -> each.startsWith("tmp_"))
                    .toList();
        }
    }

    @Test
    void a_guest_that_sends_without_end_is_stopped() throws Exception {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        Files.write(sides.project.resolve("noise"), noise);
        sides.commitInGuest("Noise");
        var small = new Transport(sides.transport().uploadPack(), LIMIT, 100_000);

        Throwable error = catchThrowable(() -> sides.repository().fetch(TwoSides.NAME, small));

        assertThat(error).hasMessageContaining("more than 100000 bytes");
        assertThat(halfPacks()).isEmpty();
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/heads")).isEmpty();
    }

    @Test
    void what_is_malformed_leaves_none() throws Exception {
        String blob = sides.hash(sides.guestDirectory, "blob", "[core]\n");
        byte[] name = HexFormat.of().parseHex(blob);
        var tree = "100644 .git\0" + new String(name, StandardCharsets.ISO_8859_1);
        String evil = sides.hash(sides.guestDirectory, "tree", tree);
        String commit = sides.guest("commit-tree", "-m", "Evil", "-p", "main", evil);
        sides.guest("update-ref", "refs/heads/main", commit);

        assertThat(catchThrowable(sides::fetch)).isInstanceOf(UserError.class);

        assertThat(halfPacks()).isEmpty();
    }

    @Test
    void what_another_git_is_writing_is_left_alone() throws Exception {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        Files.write(sides.project.resolve("noise"), noise);
        sides.commitInGuest("Noise");
        var ofUser = sides.project.resolve(".git/objects/pack/tmp_pack_user");
        var slow =
                Command.of("sh", "-c", "touch \"$1\"; exec git upload-pack \"$2\"", "sh")
                        .with(ofUser.toString(), sides.guestDirectory.toString());
        var small = new Transport(slow, LIMIT, 100_000);
        try (var user =
                Command.of("git", "-C", sides.project.toString(), "cat-file", "--batch").start()) {
            assertThat(catchThrowable(() -> sides.repository().fetch(TwoSides.NAME, small)))
                    .hasMessageContaining("more than 100000 bytes");
            assertThat(user.isAlive()).isTrue();
            assertThat(ofUser).exists();
        }
    }

    @Test
    void what_a_killed_one_has_marked_as_kept_is_an_ordinary_pack_once_its_sandbox_goes()
            throws Exception {
        Path git = sides.project.resolve(".git");
        String pack = "pack-" + "0".repeat(40);
        Path kept = git.resolve("keystone/sandboxes/blue/fetch/kept");
        Files.createFile(Files.createDirectories(kept).resolve(pack));
        Path mark = Files.createFile(git.resolve("objects/pack").resolve(pack + ".keep"));
        Path ofUser = Files.createFile(git.resolve("objects/pack/pack-mine.keep"));

        sides.repository().unpin(TwoSides.NAME);

        assertThat(mark).doesNotExist();
        assertThat(ofUser).exists();
    }
}
