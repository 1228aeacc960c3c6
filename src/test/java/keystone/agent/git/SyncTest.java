package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import keystone.agent.git.HostRepository.DiffForm;
import keystone.agent.git.SyncOutcome.Ahead;
import keystone.agent.git.SyncOutcome.Busy;
import keystone.agent.git.SyncOutcome.CheckedOutElsewhere;
import keystone.agent.git.SyncOutcome.DetachedHead;
import keystone.agent.git.SyncOutcome.Diverged;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.git.SyncOutcome.Locked;
import keystone.agent.git.SyncOutcome.NewElsewhere;
import keystone.agent.git.SyncOutcome.NotInGuest;
import keystone.agent.git.SyncOutcome.NothingNew;
import keystone.agent.git.SyncOutcome.OperationInProgress;
import keystone.agent.git.SyncOutcome.StagingConflicts;
import keystone.agent.model.Owner;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SyncTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_and_a_guest() throws Exception {
        sides = TwoSides.in(top);
    }

    private Path git(String file) {
        return sides.project.resolve(".git").resolve(file);
    }

    @Test
    void the_guests_commits_come_home_and_nothing_looks_changed() throws Exception {
        sides.write("README", "hello, world\n");
        sides.write("new/file", "text\n");
        Files.delete(sides.project.resolve("src/answer.py"));
        sides.commitInGuest("One");
        sides.write("new/file", "more text\n");
        String tip = sides.commitInGuest("Two");

        SyncOutcome outcome = sides.sync();

        assertThat(outcome).isEqualTo(new Done("main", 2, new ObjectId(tip)));
        assertThat(outcome.words()).isEqualTo("`main`: 2 new commits");
        assertThat(sides.host("rev-parse", "main")).isEqualTo(tip);
        assertThat(sides.status()).isEmpty();
        assertThat(sides.host("fsck", "--strict")).isEmpty();
        assertThat(git("index.lock")).doesNotExist();
        assertThat(git("FETCH_HEAD")).doesNotExist();
    }

    @Test
    void a_second_one_has_nothing_to_do() throws Exception {
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        sides.sync();

        assertThat(sides.sync()).isEqualTo(new NothingNew("main"));
    }

    @Test
    void what_is_staged_elsewhere_stays_staged() throws Exception {
        sides.write("mine", "staged\n");
        sides.host("add", "mine");
        sides.write("README", "hello, world\n");
        sides.guest("add", "README");
        sides.guest("commit", "--quiet", "--message=One");

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEqualTo("A  mine");
    }

    @Test
    void what_was_edited_since_shows_as_changed() throws Exception {
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        sides.write("README", "hello, all of you\n");
        sides.write("src/answer.py", "print(42)\n");

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEqualTo(" M README\n M src/answer.py");
    }

    /// An edit in the same second as the index was written, of the same size.
    @Test
    void no_edit_hides_behind_the_time_of_the_index() throws Exception {
        for (int i = 0; i < 5; i++) {
            sides.write("same", "a" + i + "\n");
            sides.host("add", "same");
            sides.host("commit", "--quiet", "--message=Same");
            sides.write("same", "b" + i + "\n");
            sides.guest("update-ref", "refs/heads/main", sides.host("rev-parse", "main"));
            sides.guest("reset", "--quiet");
            sides.write("other", "text " + i + "\n");
            sides.guest("add", "other");
            sides.guest("commit", "--quiet", "--message=Other");

            assertThat(sides.sync()).isInstanceOf(Done.class);

            assertThat(sides.status()).isEqualTo(" M same");
        }
    }

    @Test
    void staging_of_a_path_that_the_commits_change_is_a_conflict() throws Exception {
        sides.write("README", "mine\n");
        sides.host("add", "README");
        String before = sides.host("rev-parse", "main");
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");

        SyncOutcome outcome = sides.sync();

        assertThat(outcome).isEqualTo(new StagingConflicts("main", List.of("README")));
        assertThat(sides.host("rev-parse", "main")).isEqualTo(before);
        assertThat(sides.status()).isEqualTo("MM README");
        assertThat(git("index.lock")).doesNotExist();

        sides.host("restore", "--staged", "README");
        assertThat(sides.sync()).isInstanceOf(Done.class);
        assertThat(sides.status()).isEmpty();
    }

    @Test
    void staging_what_the_guest_has_committed_is_none() throws Exception {
        sides.write("README", "hello, world\n");
        sides.host("add", "README");
        sides.commitInGuest("One");

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEmpty();
    }

    @Test
    void commits_on_both_sides_have_diverged() throws Exception {
        sides.write("mine", "text\n");
        sides.commitHere("Mine");
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");

        assertThat(sides.sync())
                .isEqualTo(new Diverged("main", 1, 1, "refs/keystone/blue/heads/main"));
    }

    @Test
    void only_the_branch_that_is_named_moves() throws Exception {
        sides.guest("switch", "--quiet", "--create=topic");
        sides.write("README", "hello, world\n");
        String tip = sides.commitInGuest("One");
        String main = sides.host("rev-parse", "main");

        SyncOutcome unnamed = sides.sync();
        assertThat(unnamed).isEqualTo(new NewElsewhere("main", List.of(new Ahead("topic", 1))));
        assertThat(sides.host("for-each-ref", "refs/heads")).doesNotContain("topic");

        SyncOutcome named = sides.sync(SyncRequest.of("topic"));
        assertThat(named).isEqualTo(new Done("topic", 1, new ObjectId(tip)));
        assertThat(sides.host("rev-parse", "topic")).isEqualTo(tip);
        assertThat(sides.host("rev-parse", "main")).isEqualTo(main);
        assertThat(sides.status()).isEqualTo(" M README");
        assertThat(git("index.lock")).doesNotExist();
    }

    @Test
    void a_branch_that_the_guest_does_not_have_is_told() throws Exception {
        assertThat(sides.sync(SyncRequest.of("nowhere"))).isEqualTo(new NotInGuest("nowhere"));
        assertThat(sides.sync(SyncRequest.of("main~0"))).isEqualTo(new NotInGuest("main~0"));
        assertThat(sides.sync(SyncRequest.of("--all"))).isEqualTo(new NotInGuest("--all"));
        assertThat(new NotInGuest("nowhere").advice())
                .hasValueSatisfying(fix -> assertThat(fix).endsWith("git branch"));
    }

    @Test
    void the_first_commit_of_all_comes_home() throws Exception {
        sides.host("update-ref", "-d", "refs/heads/main");
        sides.host("rm", "-r", "--quiet", "--cached", ".");
        Files.delete(git("index"));

        SyncOutcome outcome = sides.sync();

        assertThat(outcome).isInstanceOf(Done.class);
        assertThat(sides.status()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "rebase", "cherry-pick", "revert", "bisect"})
    void nothing_moves_while_an_operation_is_in_progress(String operation) throws Exception {
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        String before = sides.host("rev-parse", "main");
        begin(operation);

        assertThat(sides.sync(SyncRequest.of("main")))
                .isEqualTo(new OperationInProgress(operation));
        assertThat(sides.host("rev-parse", "main")).isEqualTo(before);
    }

    private void begin(String operation) throws IOException {
        switch (operation) {
            case "merge" -> Files.createFile(git("MERGE_HEAD"));
            case "rebase" -> Files.createDirectory(git("rebase-merge"));
            case "cherry-pick" -> Files.createFile(git("CHERRY_PICK_HEAD"));
            case "revert" -> Files.createFile(git("REVERT_HEAD"));
            default -> Files.createFile(git("BISECT_LOG"));
        }
    }

    @Test
    void without_a_branch_one_must_be_named() throws Exception {
        sides.write("README", "hello, world\n");
        String tip = sides.commitInGuest("One");
        String before = sides.host("rev-parse", "HEAD");
        sides.host("checkout", "--quiet", "--detach");

        assertThat(sides.sync()).isEqualTo(new DetachedHead(new ObjectId(before)));

        assertThat(sides.sync(SyncRequest.of("main"))).isInstanceOf(Done.class);
        assertThat(sides.host("rev-parse", "main")).isEqualTo(tip);
        assertThat(sides.host("rev-parse", "HEAD")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"index.lock", "refs/heads/main.lock", "HEAD.lock"})
    void another_git_at_work_is_not_disturbed(String lock) throws Exception {
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");
        String before = sides.host("rev-parse", "main");
        Files.createFile(git(lock));

        assertThat(sides.sync()).isEqualTo(new Locked(git(lock)));

        assertThat(sides.host("rev-parse", "main")).isEqualTo(before);
        assertThat(git(lock)).isEmptyFile();
        Files.delete(git(lock));
        assertThat(sides.status()).isEqualTo(" M README");
        assertThat(sides.sync()).isInstanceOf(Done.class);
        assertThat(sides.status()).isEmpty();
    }

    @Test
    void of_two_at_once_one_waits() throws Exception {
        var asOwner = new AsOwner(HostUser.current().ids(), HostUser.current());
        try (RepositoryLock _ = RepositoryLock.take(asOwner, git("keystone")).orElseThrow()) {
            assertThat(sides.repository().sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                    .isEqualTo(new Busy());
        }

        assertThat(sides.sync()).isEqualTo(new NothingNew("main"));
    }

    @Test
    void a_branch_of_another_worktree_stays_where_its_files_are() throws Exception {
        Path other = top.toRealPath().resolve("other");
        sides.host("branch", "topic");
        sides.host("worktree", "add", "--quiet", other.toString(), "topic");
        sides.guest("switch", "--quiet", "--create=topic");
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");

        assertThat(sides.sync(SyncRequest.of("topic")))
                .isEqualTo(new CheckedOutElsewhere("topic", other));
    }

    @Test
    void a_preview_tells_the_same_and_changes_nothing() throws Exception {
        sides.write("README", "hello, world\n");
        String tip = sides.commitInGuest("One");
        sides.fetch();
        String before = sides.host("for-each-ref");

        SyncOutcome preview = sides.repository().preview(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH);

        assertThat(preview).isEqualTo(new Done("main", 1, new ObjectId(tip)));
        assertThat(sides.host("for-each-ref")).isEqualTo(before);
        assertThat(sides.status()).isEqualTo(" M README");

        sides.write("README", "mine\n");
        sides.host("add", "README");
        assertThat(sides.repository().preview(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isEqualTo(new StagingConflicts("main", List.of("README")));
        assertThat(sides.status()).isEqualTo("M  README");
    }

    @Test
    void a_split_index_comes_along() throws Exception {
        sides.host("update-index", "--split-index");
        sides.write("README", "hello, world\n");
        sides.commitInGuest("One");

        assertThat(sides.sync()).isInstanceOf(Done.class);

        assertThat(sides.status()).isEmpty();
    }

    @Test
    void a_difference_is_what_the_guest_did() throws Exception {
        sides.write("mine", "text\n");
        sides.commitHere("Mine");
        sides.write("READ\u001bME", "hello\n");
        sides.guest("add", "READ\u001bME");
        sides.guest("commit", "--quiet", "--message=One");
        sides.fetch();

        String stat = sides.repository().diff(TwoSides.NAME, Optional.empty(), DiffForm.STAT);
        String patch = sides.repository().diff(TwoSides.NAME, Optional.of("main"), DiffForm.PATCH);

        assertThat(stat).contains("1 file changed").doesNotContain("mine", "\u001b");
        assertThat(patch).contains("+hello").doesNotContain("\u001b");
    }

    @Test
    void owners_are_compared() {
        assertThat(HostRepository.find(sides.project, new Owner(4711, 4711), HostUser.current()))
                .isInstanceOf(ProjectRepository.AnothersOwn.class);
    }
}
