package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.git.Sync.Step;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.git.SyncOutcome.NothingNew;
import keystone.agent.git.SyncOutcome.StagingConflicts;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A sync that ends at any of its steps, as if it had been killed there: nothing that it would do
/// later is done, also not what a failure would have it do.
@Timeout(60)
class SyncInterruptionTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;
    private String tip;

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void commits_to_bring_home_and_something_staged() throws Exception {
        sides = TwoSides.in(top);
        sides.write("mine", "staged\n");
        sides.host("add", "mine");
        sides.write("README", "hello, world\n");
        sides.write("new", "text\n");
        sides.guest("add", "README", "new");
        sides.guest("commit", "--quiet", "--message=One");
        tip = sides.guest("rev-parse", "main");
        sides.fetch();
    }

    private Path git(String file) {
        return sides.project.resolve(".git").resolve(file);
    }

    private void killedAt(Step end) {
        assertThatThrownBy(() -> syncUntil(end)).isInstanceOf(Killed.class);
    }

    private SyncOutcome syncUntil(Step end) throws InterruptedException {
        var asOwner = new AsOwner(HostUser.current().ids(), HostUser.current());
        var layout = Layout.plain(sides.project);
        var git = new Git(layout, asOwner);
        var reader = new RefReader(layout, git);
        var sync =
                new Sync(
                        git,
                        reader,
                        asOwner,
                        layout,
                        step -> {
                            if (step == end) {
                                throw new Killed();
                            }
                        });
        return sync.sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH);
    }

    private SyncOutcome sync() throws InterruptedException {
        return sides.repository().sync(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH);
    }

    private void assertHome() throws InterruptedException {
        assertThat(sides.host("rev-parse", "main")).isEqualTo(tip);
        assertThat(sides.status()).isEqualTo("A  mine");
        assertThat(git("index.lock")).doesNotExist();
        assertThat(git("keystone")).isDirectoryNotContaining(file -> !file.endsWith("sandboxes"));
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, mode = EnumSource.Mode.EXCLUDE, names = "FILES_WRITTEN")
    void the_next_one_finishes_it(Step step) throws Exception {
        killedAt(step);

        SyncOutcome outcome = sync();

        if (step == Step.JOURNAL_REMOVED) {
            // Nothing was left to do but to remove the lock.
            assertThat(outcome).isEqualTo(new NothingNew("main"));
        } else {
            assertThat(outcome).isEqualTo(new Done("main", 1, new ObjectId(tip)));
        }
        assertHome();
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void so_does_the_one_after_a_second_death(Step step) throws Exception {
        killedAt(Step.BRANCH_MOVED);
        try {
            syncUntil(step);
        } catch (Killed again) {
            assertThat(git("index.lock")).exists();
        }

        assertThat(sync()).isInstanceOfAny(Done.class, NothingNew.class);
        assertHome();
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {
                "LOCK_TAKEN",
                "INDEX_COPIED",
                "INDEX_BROUGHT_FORWARD",
                "INDEX_READY",
                "BRANCH_MOVED",
                "INDEX_IN_PLACE"
            })
    void until_then_the_users_git_commits_nothing(Step step) throws Exception {
        killedAt(step);

        var at = List.of("-C", sides.project.toString());
        assertThat(TwoSides.git(at, "commit", "--quiet", "--message=Mine").errors())
                .contains("index.lock");

        sync();
        assertHome();
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"LOCK_TAKEN", "INDEX_READY", "BRANCH_MOVED", "INDEX_IN_PLACE"})
    void a_lock_that_was_removed_by_hand_is_no_obstacle(Step step) throws Exception {
        killedAt(step);
        Files.delete(git("index.lock"));
        sides.write("more", "staged\n");
        sides.host("add", "more");

        sync();

        assertThat(sides.host("rev-parse", "main")).isEqualTo(tip);
        assertThat(sides.status()).isEqualTo("A  mine\nA  more");
        assertThat(git("index.lock")).doesNotExist();
    }

    @Test
    void a_conflict_with_what_was_staged_after_that_is_told_until_it_is_gone() throws Exception {
        killedAt(Step.BRANCH_MOVED);
        Files.delete(git("index.lock"));
        sides.write("README", "mine\n");
        sides.host("add", "README");

        assertThat(sync()).isEqualTo(new StagingConflicts("main", List.of("README")));
        assertThat(git("index.lock")).doesNotExist();

        sides.write("README", "hello, world\n");
        sides.host("add", "README");
        assertThat(sync()).isEqualTo(new Done("main", 1, new ObjectId(tip)));
        assertHome();
    }

    @Test
    void a_branch_that_the_user_has_moved_on_is_left_alone() throws Exception {
        killedAt(Step.BRANCH_MOVED);
        Files.delete(git("index.lock"));
        String mine = sides.commitHere("All of it");

        assertThat(sync()).isEqualTo(new NothingNew("main"));

        assertThat(sides.host("rev-parse", "main")).isEqualTo(mine);
        assertThat(sides.status()).isEmpty();
        assertThat(git("keystone/sync")).doesNotExist();
    }

    @Test
    void no_lock_of_ours_outlives_the_sandbox() throws Exception {
        killedAt(Step.BRANCH_MOVED);

        sides.repository().unpin(TwoSides.NAME);

        assertHome();
    }

    @Test
    void a_start_of_the_sandbox_takes_back_what_did_not_get_far() throws Exception {
        killedAt(Step.INDEX_READY);

        sides.repository().pin(TwoSides.NAME);

        assertThat(git("index.lock")).doesNotExist();
        assertThat(sides.status()).isEqualTo(" M README\nA  mine\n?? new");
        assertThat(sync()).isInstanceOf(Done.class);
        assertHome();
    }

    @Test
    void a_preview_finishes_nothing() throws Exception {
        killedAt(Step.BRANCH_MOVED);

        assertThat(sides.repository().preview(TwoSides.NAME, TwoSides.OF_CURRENT_BRANCH))
                .isEqualTo(new Done("main", 1, new ObjectId(tip)));
        assertThat(git("index.lock")).exists();

        sync();
        assertHome();
    }
}
