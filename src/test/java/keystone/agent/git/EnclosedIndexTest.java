package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import keystone.agent.git.SyncOutcome.Done;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// An index that was brought forward out of sight of most of the host is as git would have made it.
@Timeout(60)
final class EnclosedIndexTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_and_a_guest() throws Exception {
        sides = TwoSides.in(top);
    }

    private void commitInGuest() throws Exception {
        sides.write("src/answer.py", "print(42)\n");
        sides.guest("add", "src/answer.py");
        sides.guest("commit", "--quiet", "--message=One");
    }

    /// Such a file is told from an unchanged one by its content alone, as long as the index is no
    /// younger (gitformat-index(5), racy git).
    @Test
    void a_file_changed_in_the_moment_of_the_index_still_looks_changed() throws Exception {
        sides.host("config", "core.trustctime", "false");
        sides.host("update-index", "--refresh");
        var moment = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));
        Path readme = sides.project.resolve("README");
        Files.setLastModifiedTime(readme, moment);
        sides.host("update-index", "--refresh");
        Files.setLastModifiedTime(sides.project.resolve(".git/index"), moment);
        commitInGuest();
        Files.writeString(readme, "HELLO\n");
        Files.setLastModifiedTime(readme, moment);

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEqualTo(" M README");
    }

    @Test
    void one_that_is_split_is_brought_forward_as_well() throws Exception {
        sides.host("config", "core.splitIndex", "true");
        sides.host("update-index", "--split-index");
        commitInGuest();

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEmpty();
        assertThat(sides.host("fsck")).isEmpty();
    }

    @Test
    void one_that_leaves_directories_out_is_brought_forward_as_well() throws Exception {
        sides.write("deep/er/file", "text\n");
        sides.commitHere("Deep");
        String tip = sides.host("rev-parse", "main");
        sides.guest("update-ref", "refs/heads/main", tip);
        sides.guest("read-tree", "main");
        sides.host("sparse-checkout", "set", "--cone", "--sparse-index", "src");
        commitInGuest();

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEmpty();
        assertThat(sides.host("ls-files", "deep/er/file")).isEqualTo("deep/er/file");
    }
}
