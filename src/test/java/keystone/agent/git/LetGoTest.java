package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.TaskId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What was fetched once, and is the guest's no longer.
@Timeout(120)
final class LetGoTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project_and_a_guest() throws Exception {
        sides = TwoSides.in(top);
    }

    private String commit(String text) throws Exception {
        sides.write("README", text + "\n");
        return sides.commitInGuest(text);
    }

    /// Names below the place, with the objects.
    private List<String> old() throws InterruptedException {
        return sides.host(
                        "for-each-ref",
                        "--format=%(refname:lstrip=5) %(objectname)",
                        "refs/keystone/blue/old")
                .lines()
                .toList();
    }

    @Test
    void the_next_guest_of_that_name_takes_nothing_away() throws Exception {
        String onMain = commit("On main");
        sides.guest("switch", "--quiet", "--create=feature");
        String onFeature = commit("On feature");
        assertThat(sides.fetch().old()).isEmpty();
        String base = sides.host("rev-parse", "main");
        for (String ref : List.of("refs/heads/main", "HEAD")) {
            sides.guest("update-ref", ref, base);
        }
        sides.guest("symbolic-ref", "HEAD", "refs/heads/main");
        sides.guest("branch", "--quiet", "-D", "feature");

        Fetched fetched = sides.fetch();

        assertThat(fetched.branches()).containsOnlyKeys("main");
        assertThat(fetched.old().orElseThrow())
                .matches("refs/keystone/blue/old/[0-9]{8}T[0-9]{6}Z/");
        assertThat(old())
                .containsExactlyInAnyOrder("heads/main " + onMain, "heads/feature " + onFeature);
        assertThat(sides.fetch().old()).isEmpty();
        assertThat(old()).hasSize(2);
    }

    /// The git that takes what comes can write any file below that name.
    @Test
    void a_ref_of_ours_that_leads_to_the_users_takes_nothing_of_it_away() throws Exception {
        String tip = sides.host("rev-parse", "main");
        sides.host("branch", "mine");
        for (String ref : List.of("incoming/heads/x", "heads/gone", "heads/main")) {
            sides.host("symbolic-ref", "refs/keystone/blue/" + ref, "refs/heads/mine");
        }
        commit("On main");

        sides.fetch();

        assertThat(sides.host("rev-parse", "mine", "main")).isEqualTo(tip + "\n" + tip);
        assertThat(sides.host("for-each-ref", "refs/keystone/blue/incoming")).isEmpty();
        assertThat(sides.host("for-each-ref", "--format=%(symref)", "refs/keystone/blue/heads"))
                .isEmpty();
    }

    @Test
    void what_goes_forward_leaves_nothing() throws Exception {
        commit("One");
        sides.fetch();
        commit("Two");
        sides.guest("branch", "other");

        assertThat(sides.fetch().old()).isEmpty();
        sides.guest("branch", "--quiet", "-D", "other");
        assertThat(sides.fetch().old()).isEmpty();

        assertThat(old()).isEmpty();
    }

    @Test
    void what_is_rewritten_is_kept_once_and_each_in_its_place() throws Exception {
        String first = commit("One");
        sides.fetch();
        sides.guest("commit", "--quiet", "--amend", "--message=Two");
        String second = sides.guest("rev-parse", "main");

        String place = sides.fetch().old().orElseThrow();
        sides.guest("commit", "--quiet", "--amend", "--message=Three");
        String later = sides.fetch().old().orElseThrow();

        assertThat(later).isGreaterThan(place);
        assertThat(old()).containsExactly("heads/main " + first, "heads/main " + second);
    }

    @Test
    void a_guest_that_is_there_still_has_what_is_dropped_here() throws Exception {
        HostRefs _ = sides.repository().pin(TwoSides.NAME);
        String first = commit("One");
        sides.fetch();
        sides.guest("branch", "borrowed");
        sides.guest("commit", "--quiet", "--amend", "--message=Two");
        sides.guest("branch", "--quiet", "-D", "borrowed");
        assertThat(sides.fetch().old()).isPresent();
        sides.guest("gc", "--quiet");

        List<OldCommits> old = sides.repository().oldCommits();
        assertThat(old).hasSize(1);
        assertThat(old.getFirst().refs()).containsValue(first);
        sides.repository().drop(old.getFirst());
        sides.host("reflog", "expire", "--expire=now", "--all");
        sides.host("gc", "--quiet", "--prune=now");

        assertThat(old()).isEmpty();
        assertThat(sides.guest("fsck")).doesNotContain("missing", "broken", "invalid");
        assertThat(sides.guest("cat-file", "-t", first).strip()).isEqualTo("commit");
    }

    @Test
    void a_stash_that_is_dropped_is_kept() throws Exception {
        sides.write("README", "unfinished\n");
        sides.guest("stash", "--quiet");
        String stash = sides.guest("rev-parse", "stash");
        sides.fetch();
        sides.guest("stash", "drop", "--quiet");

        assertThat(sides.fetch().old()).isPresent();

        assertThat(old()).containsExactly("stash " + stash);
    }

    @Test
    void what_is_at_home_or_kept_of_a_task_is_kept_no_second_time() throws Exception {
        sides.guest("branch", "home");
        sides.guest("switch", "--quiet", "home");
        commit("Home");
        sides.guest("switch", "--quiet", "--create=task/k3f9ta-work", "main");
        commit("Task");
        sides.fetch();
        sides.host("branch", "mine", "refs/keystone/blue/heads/home");
        assertThat(sides.repository().keep(TwoSides.NAME, new TaskId("k3f9ta"), "task/k3f9ta-work"))
                .isTrue();
        sides.guest("switch", "--quiet", "main");
        sides.guest("branch", "--quiet", "-D", "home", "task/k3f9ta-work");

        assertThat(sides.fetch().old()).isEmpty();

        assertThat(old()).isEmpty();
    }

    @Test
    void what_has_come_home_since_goes() throws Exception {
        String first = commit("One");
        sides.fetch();
        sides.guest("commit", "--quiet", "--amend", "--message=Two");
        String second = sides.guest("rev-parse", "main");
        sides.fetch();
        assertThat(old()).containsExactly("heads/main " + first);
        sides.host("branch", "mine", first);
        sides.guest("commit", "--quiet", "--amend", "--message=Three");

        sides.fetch();

        assertThat(old()).containsExactly("heads/main " + second);
    }

    @Test
    void what_only_the_host_holds_stays_for_the_guests_sake() throws Exception {
        sides.guest("switch", "--quiet", "--create=feature");
        String tip = commit("One");
        sides.fetch();
        sides.guest("gc", "--quiet");
        sides.host("branch", "mine", tip);
        sides.guest("switch", "--quiet", "main");
        sides.guest("branch", "--quiet", "-D", "feature");
        sides.fetch();

        sides.host("branch", "--quiet", "-D", "mine");
        sides.host("reflog", "expire", "--expire=now", "--all");
        sides.host("gc", "--quiet", "--prune=now");

        sides.guest("branch", "again", "HEAD@{1}");
        assertThat(sides.guest("rev-parse", "again")).isEqualTo(tip);
        assertThat(sides.fetch().branches()).containsKey("again");
    }

    @Test
    void a_tag_that_is_moved_is_kept_unless_it_is_here() throws Exception {
        sides.guest("tag", "--annotate", "--message=One", "home");
        sides.guest("tag", "--annotate", "--message=One", "v1");
        sides.guest("tag", "light");
        sides.fetch();
        String tag = sides.guest("rev-parse", "refs/tags/v1");
        sides.host("tag", "home", "refs/keystone/blue/tags/home");
        sides.guest("tag", "--annotate", "--force", "--message=Two", "v1");
        sides.guest("tag", "--delete", "light", "home");

        assertThat(sides.fetch().old()).isPresent();

        assertThat(old()).containsExactly("tags/v1 " + tag);
    }

    @Test
    void of_very_many_the_oldest_go() throws Exception {
        String first = commit("One");
        String tree = sides.guest("rev-parse", "main^{tree}");
        sides.fetch();
        var packed = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
        for (int i = 0; i < 2000; i++) {
            // Any object does: only names are counted.
            packed.append("%s refs/keystone/blue/old/20200101T%06dZ/heads/x\n".formatted(first, i));
        }
        packed.append("%s refs/keystone/blue/old/20200102T000000Z/heads/y\n".formatted(first));
        Files.writeString(sides.project.resolve(".git/packed-refs"), packed);
        String second = sides.guest("commit-tree", "-m", "Two", tree);
        sides.guest("update-ref", "refs/heads/main", second);
        sides.fetch();
        assertThat(old()).hasSize(2001);
        sides.guest("update-ref", "refs/heads/main", sides.guest("commit-tree", "-m", "3", tree));

        sides.fetch();

        assertThat(old()).hasSize(2000).contains("heads/main " + second, "heads/y " + first);
    }

    @Test
    void a_name_that_could_not_be_written_is_none() throws Exception {
        String name = "a/".repeat(150) + "b";
        sides.guest("switch", "--quiet", "--create=" + name);
        String tip = commit("One");
        sides.fetch();
        sides.guest("switch", "--quiet", "main");
        sides.guest("branch", "--quiet", "-D", name);

        sides.fetch();

        assertThat(old()).containsExactly("objects/" + tip + " " + tip);
    }
}
