package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PinsTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_and_a_guest() throws Exception {
        sides = TwoSides.in(top);
    }

    private String pins() throws InterruptedException {
        return sides.host("for-each-ref", "--format=%(objectname)", "refs/keystone/blue/base");
    }

    private void collectGarbage() throws InterruptedException {
        sides.host("reflog", "expire", "--expire=now", "--all");
        sides.host("gc", "--quiet", "--prune=now");
    }

    @Test
    void what_is_pinned_is_what_is_told() throws Exception {
        sides.host("branch", "topic");
        sides.host("tag", "--annotate", "--message=One", "v1");
        sides.write("README", "detached\n");
        sides.host("checkout", "--quiet", "--detach");
        String detached = sides.commitHere("Detached");

        HostRefs refs = sides.repository().pin(TwoSides.NAME);

        assertThat(refs.head()).isEqualTo(new Head.Detached(new ObjectId(detached)));
        assertThat(refs.branches()).containsOnlyKeys("main", "topic");
        assertThat(refs.tags())
                .containsEntry("v1", new ObjectId(sides.host("rev-parse", "refs/tags/v1")));
        assertThat(pins().lines())
                .containsExactlyInAnyOrder(
                        sides.host("rev-parse", "main"),
                        sides.host("rev-parse", "refs/tags/v1"),
                        detached);
    }

    @Test
    void a_guest_survives_whatever_the_host_forgets() throws Exception {
        sides.write("README", "second\n");
        String second = sides.commitHere("Second");
        sides.repository().pin(TwoSides.NAME);
        sides.guest("update-ref", "refs/heads/main", second);
        sides.guest("reset", "--quiet");
        sides.write("guest", "text\n");
        sides.commitInGuest("Built on it");

        sides.host("commit", "--quiet", "--amend", "--message=Rewritten");
        sides.repository().pin(TwoSides.NAME);
        collectGarbage();

        assertThat(sides.guest("fsck", "--strict")).doesNotContain("missing", "broken");
        assertThat(sides.guest("log", "--format=%s")).isEqualTo("Built on it\nSecond\nBegin");
        assertThat(sides.fetch().branches()).containsKey("main");
    }

    @Test
    void without_a_pin_it_would_not() throws Exception {
        sides.write("README", "second\n");
        String second = sides.commitHere("Second");
        sides.guest("update-ref", "refs/heads/main", second);
        sides.host("reset", "--quiet", "--hard", "HEAD~1");
        collectGarbage();

        assertThat(TwoSides.git(List.of("--git-dir=" + sides.guestDirectory), "log").ok())
                .isFalse();
    }

    @Test
    void what_is_staged_is_borrowed_too() throws Exception {
        sides.write("new", "first\n");
        sides.host("add", "new");
        sides.repository().pin(TwoSides.NAME);
        Files.copy(
                sides.project.resolve(".git/index"),
                sides.guestDirectory.resolve("index"),
                StandardCopyOption.REPLACE_EXISTING);

        sides.write("new", "second\n");
        sides.host("add", "new");
        collectGarbage();

        assertThat(sides.guest("cat-file", "blob", ":new")).isEqualTo("first");
        assertThat(sides.project.resolve(".git/keystone/sandboxes/blue")).isEmptyDirectory();
    }

    @Test
    void pins_do_not_pile_up() throws Exception {
        for (int i = 0; i < 4; i++) {
            sides.write("README", "version " + i + "\n");
            sides.commitHere("Next");
            sides.repository().pin(TwoSides.NAME);
        }

        assertThat(pins()).isEqualTo(sides.host("rev-parse", "main"));
    }

    @Test
    void they_go_when_the_sandbox_goes() throws Exception {
        sides.host("update-ref", "refs/keystone/other/base/x", "main");
        sides.repository().pin(TwoSides.NAME);
        sides.fetch();

        sides.repository().unpin(TwoSides.NAME);

        assertThat(pins()).isEmpty();
        assertThat(sides.project.resolve(".git/keystone/sandboxes/blue")).doesNotExist();
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/heads")).isNotEmpty();
        assertThat(sides.host("for-each-ref", "refs/keystone/other")).isNotEmpty();
    }

    @Test
    void a_repository_without_a_commit_has_none() throws Exception {
        sides.host("update-ref", "-d", "refs/heads/main");

        HostRefs refs = sides.repository().pin(TwoSides.NAME);

        assertThat(refs.head()).isEqualTo(new Head.OnBranch("main"));
        assertThat(refs.branches()).isEmpty();
    }
}
