package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.git.SyncOutcome.AddsGitlinks;
import keystone.agent.git.SyncOutcome.Done;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NewGitlinksTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_and_a_guest() throws Exception {
        sides = TwoSides.in(top);
    }

    @Test
    void a_new_repository_within_needs_a_confirmation() throws Exception {
        String nested = nest("vendor/lib");
        sides.guest("add", "vendor/lib");
        sides.guest("commit", "--quiet", "--message=Add it");
        String before = sides.host("rev-parse", "main");

        SyncOutcome refused = sides.sync();
        assertThat(refused).isEqualTo(new AddsGitlinks("main", List.of("vendor/lib")));
        assertThat(sides.host("rev-parse", "main")).isEqualTo(before);

        assertThat(sides.sync(TwoSides.OF_CURRENT_BRANCH.confirmed())).isInstanceOf(Done.class);
        assertThat(sides.host("ls-files", "--stage", "vendor/lib")).contains(nested);
    }

    private String nest(String where) throws Exception {
        Path nested = Files.createDirectories(sides.project.resolve(where));
        var at = List.of("-C", nested.toString());
        TwoSides.mustGit(at, "init", "--quiet");
        TwoSides.mustGit(at, "commit", "--quiet", "--allow-empty", "--message=Nested");
        return TwoSides.mustGit(at, "rev-parse", "HEAD");
    }

    @Test
    void one_that_only_an_older_commit_has_needs_it_too() throws Exception {
        nest("sub");
        sides.guest("add", "sub");
        sides.guest("commit", "--quiet", "--message=Add it");
        sides.guest("rm", "--quiet", "--cached", "sub");
        sides.guest("commit", "--quiet", "--message=Remove it");

        assertThat(sides.sync()).isEqualTo(new AddsGitlinks("main", List.of("sub")));
        assertThat(sides.sync(TwoSides.OF_CURRENT_BRANCH.confirmed())).isInstanceOf(Done.class);
    }

    @Test
    void one_that_comes_in_by_a_merge_needs_it_too() throws Exception {
        String base = sides.guest("rev-parse", "main");
        String nested = nest("sub");
        sides.guest("add", "sub");
        String tree = sides.guest("write-tree");
        String merge = sides.guest("commit-tree", "-p", base, "-p", side(base), "-m", "M", tree);
        sides.guest("update-ref", "refs/heads/main", merge);
        assertThat(nested).hasSize(40);

        assertThat(sides.sync()).isEqualTo(new AddsGitlinks("main", List.of("sub")));
    }

    private String side(String base) throws InterruptedException {
        return sides.guest("commit-tree", "-p", base, "-m", "Side", base + "^{tree}");
    }

    @Test
    void a_submodule_that_the_user_has_may_move() throws Exception {
        nest("sub");
        sides.host("add", "sub");
        sides.host("commit", "--quiet", "--message=Mine");
        sides.guest("update-ref", "refs/heads/main", sides.host("rev-parse", "main"));
        sides.guest("read-tree", "main");
        nestAgain("sub");
        sides.commitInGuest("Move it");

        assertThat(sides.sync()).isInstanceOf(Done.class);
    }

    private void nestAgain(String where) throws Exception {
        var at = List.of("-C", sides.project.resolve(where).toString());
        TwoSides.mustGit(at, "commit", "--quiet", "--allow-empty", "--message=Again");
    }

    @Test
    void on_a_new_branch_only_what_the_project_has_not_counts() throws Exception {
        nest("sub");
        sides.host("add", "sub");
        sides.host("commit", "--quiet", "--message=Mine");
        sides.guest("update-ref", "refs/heads/main", sides.host("rev-parse", "main"));
        sides.guest("read-tree", "main");
        sides.guest("switch", "--quiet", "--create=topic");
        sides.write("README", "hello, world\n");
        sides.guest("add", "README");
        sides.guest("commit", "--quiet", "--message=One");
        assertThat(sides.sync(SyncRequest.of("topic"))).isInstanceOf(Done.class);

        nest("more");
        sides.guest("add", "more");
        sides.guest("commit", "--quiet", "--message=Two");
        sides.guest("branch", "other");
        assertThat(sides.sync(SyncRequest.of("other")))
                .isEqualTo(new AddsGitlinks("other", List.of("more")));
    }
}
