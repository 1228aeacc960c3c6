package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.git.HostRepository.DiffForm;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.git.SyncOutcome.EditsInTheWay;
import keystone.agent.git.SyncOutcome.NotInGuest;
import keystone.agent.model.TaskId;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a task has made on a branch of its own, in a worktree of the guest's.
@Timeout(120)
final class KeptTaskTest {
    private static final TaskId TASK = new TaskId("k3f9ta");
    private static final String BRANCH = "task/k3f9ta-work";

    @TempDir private Path top;

    private TwoSides sides;
    private Path worktree;

    @BeforeEach
    void a_task_has_worked() throws Exception {
        sides = TwoSides.in(top);
        worktree = top.toRealPath().resolve("worktree");
        sides.guest("worktree", "add", "--quiet", "-b", BRANCH, worktree.toString(), "main");
        commit("new", "made\n");
        Fetched _ = sides.fetch();
    }

    private void commit(String file, String text) throws Exception {
        Files.writeString(worktree.resolve(file), text);
        String _ = apart("add", "--all");
        String _ = apart("commit", "--quiet", "--message=Work");
    }

    private String apart(String... arguments) throws InterruptedException {
        return TwoSides.mustGit(List.of("-C", worktree.toString()), arguments);
    }

    @Test
    void it_becomes_the_branch_that_is_checked_out_here() throws Exception {
        assertThat(sides.repository().keep(TwoSides.NAME, TASK, BRANCH)).isTrue();
        assertThat(sides.repository().diff(TwoSides.NAME, TASK, DiffForm.STAT).orElseThrow())
                .contains("new | 1 +");

        Files.writeString(sides.project.resolve("new"), "mine\n");
        assertThat(sides.sync(SyncRequest.of(TASK))).isInstanceOf(EditsInTheWay.class);
        assertThat(sides.project.resolve("new")).hasContent("mine\n");
        Files.delete(sides.project.resolve("new"));

        assertThat(sides.sync(SyncRequest.of(TASK))).isInstanceOf(Done.class);
        assertThat(sides.project.resolve("new")).hasContent("made\n");
        assertThat(sides.status()).isEmpty();
    }

    @Test
    void what_the_guest_does_to_its_branch_later_changes_nothing() throws Exception {
        assertThat(sides.repository().keep(TwoSides.NAME, TASK, BRANCH)).isTrue();
        commit("evil", "evil\n");
        Fetched _ = sides.fetch();
        assertThat(sides.repository().diff(TwoSides.NAME, TASK, DiffForm.STAT).orElseThrow())
                .doesNotContain("evil");
        assertThat(sides.repository().beyondKept(TwoSides.NAME, TASK, BRANCH)).isOne();
        sides.guest("worktree", "remove", "--force", worktree.toString());
        sides.guest("branch", "--delete", "--force", BRANCH);
        Fetched _ = sides.fetch();
        assertThat(sides.repository().beyondKept(TwoSides.NAME, TASK, BRANCH)).isZero();

        assertThat(sides.sync(SyncRequest.of(TASK))).isInstanceOf(Done.class);
        assertThat(sides.project.resolve("new")).hasContent("made\n");
        assertThat(sides.project.resolve("evil")).doesNotExist();
    }

    @Test
    void of_a_task_that_was_not_kept_there_is_nothing() throws Exception {
        var other = new TaskId("aaaaaa");

        assertThat(sides.repository().keep(TwoSides.NAME, other, "task/aaaaaa")).isFalse();
        assertThat(sides.repository().diff(TwoSides.NAME, other, DiffForm.STAT)).isEmpty();
        assertThat(sides.sync(SyncRequest.of(other))).isInstanceOf(NotInGuest.class);
    }

    @Test
    void it_is_found_however_much_guests_have_sent_beside_it() throws Exception {
        assertThat(sides.repository().keep(TwoSides.NAME, TASK, BRANCH)).isTrue();
        sides.host("pack-refs", "--all");
        String main = sides.host("rev-parse", "main");
        Path packed = sides.project.resolve(".git/packed-refs");
        var refs = new StringBuilder(Files.readString(packed));
        String deep = ("/" + "x".repeat(250)).repeat(10);
        for (int i = 0; i < 2_000; i++) {
            refs.append("%s refs/keystone/blue/heads/%06d%s\n".formatted(main, i, deep));
        }
        // Of two guests that have sent as much as each of them may.
        Files.writeString(packed, refs.toString().replace("sorted", ""));

        assertThat(sides.repository().keptTasks())
                .singleElement()
                .satisfies(each -> assertThat(each.task()).isEqualTo(TASK));
        assertThat(sides.repository().oldCommits()).isEmpty();
    }

    @Test
    void a_file_of_nothing_but_lines_is_not_compared_line_by_line() throws Exception {
        commit("lines", "\n".repeat(9 << 20));
        Fetched _ = sides.fetch();
        assertThat(sides.repository().keep(TwoSides.NAME, TASK, BRANCH)).isTrue();

        assertThat(sides.repository().diff(TwoSides.NAME, TASK, DiffForm.STAT).orElseThrow())
                .containsPattern("lines +\\| Bin 0 -> 9437184 bytes");
        assertThat(sides.repository().diff(TwoSides.NAME, TASK, DiffForm.PATCH).orElseThrow())
                .hasSizeLessThan(1000)
                .contains("Binary files /dev/null and b/lines differ");
    }

    @Test
    void whatever_reads_it_has_only_so_much_memory() throws Exception {
        var asOwner = new AsOwner(HostUser.current().ids(), HostUser.current());
        var git = new Git(Layout.plain(sides.project), asOwner);

        Command shown =
                git.apart("-c", "alias.limits=!prlimit --data --noheadings -o SOFT", "limits");

        assertThat(shown.run(Duration.ofSeconds(20)).output().strip()).isEqualTo("4294967296");
    }

    private KeptTask kept() throws InterruptedException {
        assertThat(sides.repository().keep(TwoSides.NAME, TASK, BRANCH)).isTrue();
        return sides.repository().keptTasks().getFirst();
    }

    @Test
    void a_guest_that_is_there_still_has_what_is_dropped_here() throws Exception {
        HostRefs _ = sides.repository().pin(TwoSides.NAME);
        KeptTask kept = kept();
        sides.guest("gc", "--quiet");

        sides.repository().drop(kept);
        sides.host("reflog", "expire", "--expire=now", "--all");
        sides.host("gc", "--quiet", "--prune=now");

        assertThat(sides.repository().keptTasks()).isEmpty();
        assertThat(sides.guest("fsck")).doesNotContain("missing", "broken", "invalid");
        assertThat(sides.fetch().branches()).containsKey(BRANCH);
    }

    @Test
    void for_a_guest_that_is_gone_nothing_stays() throws Exception {
        KeptTask kept = kept();

        sides.repository().drop(kept);

        assertThat(sides.host("for-each-ref", "--contains=" + kept.commit())).isEmpty();
    }
}
