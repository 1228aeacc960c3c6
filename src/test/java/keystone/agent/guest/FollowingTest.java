package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FollowingTest {
    private static final String OLD = "1".repeat(40);
    private static final String NEW = "2".repeat(40);
    private static final String GUESTS = "3".repeat(40);
    private static final String APART = "update refs/keystone/apart/main " + GUESTS;

    @Test
    void a_new_guest_gets_every_branch_and_tag_head_and_index() {
        Following following =
                Following.of(
                        host("main", Map.of("main", OLD, "fix/one", NEW), Map.of("v1", OLD)),
                        GuestRefs.parse(""));

        assertThat(commands(following))
                .containsExactlyInAnyOrder(
                        "update refs/remotes/host/main " + OLD,
                        "create refs/heads/main " + OLD,
                        "update refs/remotes/host/fix/one " + NEW,
                        "create refs/heads/fix/one " + NEW,
                        "create refs/tags/v1 " + OLD);
        assertThat(following.head()).isEqualTo("ref: refs/heads/main");
        assertThat(following.takesIndex()).isTrue();
        assertThat(following.diverged()).isEmpty();
    }

    @Test
    void more_refs_than_a_supervisor_has_room_for_are_refused() {
        var lines = new StringBuilder();
        for (int i = 0; i <= GuestRefs.MOST; i++) {
            lines.append("ref ").append(OLD).append(" refs/heads/").append(i).append('\n');
        }

        assertThatThrownBy(() -> GuestRefs.parse(lines.toString()))
                .isInstanceOf(GuestRefs.TooMany.class);
        assertThatThrownBy(() -> GuestRefs.parse("shallow x\n".repeat(GuestRefs.MOST + 1)))
                .isInstanceOf(GuestRefs.TooMany.class);
        assertThat(GuestRefs.parse("x\n".repeat(1 << 20))).isEqualTo(GuestRefs.NONE);
    }

    @Test
    void nothing_new_is_nothing_to_do() {
        Following following = Following.of(host("main", OLD), guest("main", OLD, OLD, ""));

        assertThat(following.isNothing()).isTrue();
    }

    @Test
    void a_branch_without_commits_of_its_own_follows_with_its_index() {
        Following following = Following.of(host("main", NEW), guest("main", OLD, OLD, ""));

        assertThat(commands(following))
                .containsExactlyInAnyOrder(
                        "update refs/remotes/host/main " + NEW,
                        "update refs/heads/main " + NEW + " " + OLD);
        assertThat(following.takesIndex()).isTrue();
        assertThat(following.head()).isNull();
    }

    @Test
    void what_the_guest_has_staged_is_not_lost_and_its_branch_follows_later() {
        Following held = Following.of(host("main", NEW), guest("main", OLD, OLD, "staged"));

        assertThat(commands(held))
                .containsExactly(
                        "update refs/remotes/host/main " + NEW,
                        "create refs/keystone/held/main " + OLD);
        assertThat(held.takesIndex()).isFalse();
        assertThat(held.diverged()).isEmpty();

        String since = refs("keystone/held/main", OLD);
        Following later = Following.of(host("main", NEW), guest("main", OLD, NEW, since));
        assertThat(commands(later))
                .containsExactly(
                        "update refs/heads/main " + NEW + " " + OLD,
                        "delete refs/keystone/held/main " + OLD);
        assertThat(later.takesIndex()).isTrue();

        Following committed = Following.of(host("main", NEW), guest("main", GUESTS, NEW, since));
        assertThat(commands(committed))
                .containsExactly("delete refs/keystone/held/main " + OLD, APART);
        assertThat(committed.diverged()).containsExactly("main");
    }

    @Test
    void a_branch_that_another_work_tree_or_a_rebase_is_on_is_held() {
        Following following =
                Following.of(
                        host("main", NEW),
                        guest(
                                "other",
                                GUESTS,
                                GUESTS,
                                "elsewhere ref: refs/heads/main\n"
                                        + refs("heads/main", OLD)
                                        + refs("remotes/host/main", OLD)));

        assertThat(commands(following))
                .contains("create refs/keystone/held/main " + OLD)
                .noneMatch(each -> each.startsWith("update refs/heads/"));
        assertThat(following.head()).isNull();
        assertThat(following.takesIndex()).isFalse();
    }

    @Test
    void a_tag_of_the_guests_own_stays() {
        HostState host = host("main", Map.of("main", OLD), Map.of("v1", NEW));

        assertThat(commands(Following.of(host, guest("main", OLD, OLD, refs("tags/v1", GUESTS)))))
                .isEmpty();
    }

    @Test
    void where_history_is_cut_off_is_told_when_it_changes() {
        var host =
                new HostState(
                        Map.of("main", OLD),
                        Map.of(),
                        "ref: refs/heads/main",
                        OLD + "\n",
                        HostState.Objects.ALL);

        assertThat(Following.of(host, guest("main", OLD, OLD, "")).takesShallow()).isTrue();
        assertThat(Following.of(host, guest("main", OLD, OLD, "shallow " + OLD)).isNothing())
                .isTrue();
    }

    @Test
    void commits_of_the_guests_stay() {
        assertThat(Following.of(host("main", OLD), guest("main", GUESTS, OLD, "")).isNothing())
                .isTrue();

        Following both = Following.of(host("main", NEW), guest("main", GUESTS, OLD, ""));

        assertThat(commands(both)).containsExactly("update refs/remotes/host/main " + NEW, APART);
        assertThat(both.diverged()).containsExactly("main");
        assertThat(both.takesIndex()).isFalse();
    }

    @Test
    void that_both_have_moved_is_told_until_the_guest_moves_on() {
        String apart = refs("keystone/apart/main", GUESTS);
        Following again = Following.of(host("main", NEW), guest("main", GUESTS, NEW, apart));
        assertThat(again.diverged()).containsExactly("main");
        assertThat(again.isNothing()).isTrue();

        String other = "4".repeat(40);
        Following moved = Following.of(host("main", NEW), guest("main", other, NEW, apart));
        assertThat(moved.diverged()).isEmpty();
        assertThat(commands(moved)).containsExactly("delete refs/keystone/apart/main " + GUESTS);
    }

    @Test
    void what_was_brought_home_is_only_remembered() {
        Following following = Following.of(host("main", GUESTS), guest("main", GUESTS, OLD, ""));

        assertThat(commands(following)).containsExactly("update refs/remotes/host/main " + GUESTS);
        assertThat(following.diverged()).isEmpty();
        assertThat(following.takesIndex()).isFalse();
    }

    @Test
    void the_guest_goes_along_when_the_host_switches_its_branch() {
        HostState host = host("fix", Map.of("main", OLD, "fix", NEW), Map.of());
        String refs = refs("heads/main", OLD) + refs("remotes/host/main", OLD);

        Following following =
                Following.of(host, GuestRefs.parse("head ref: refs/heads/main\n" + refs));

        assertThat(following.head()).isEqualTo("ref: refs/heads/fix");
        assertThat(following.takesIndex()).isTrue();

        String ahead = refs("heads/main", GUESTS) + refs("remotes/host/main", OLD);
        assertThat(
                        Following.of(host, GuestRefs.parse("head ref: refs/heads/main\n" + ahead))
                                .head())
                .as("with commits of its own it stays on its branch")
                .isNull();
    }

    @Test
    void a_branch_that_is_gone_from_the_host_goes_unless_the_guest_has_moved_it_or_is_on_it() {
        String refs =
                refs("heads/main", OLD)
                        + refs("remotes/host/main", OLD)
                        + refs("heads/done", OLD)
                        + refs("remotes/host/done", OLD)
                        + refs("heads/mine", GUESTS)
                        + refs("remotes/host/mine", OLD);

        Following following =
                Following.of(
                        host("main", OLD), GuestRefs.parse("head ref: refs/heads/main\n" + refs));

        assertThat(forgotten(following))
                .containsExactlyInAnyOrder(
                        "delete refs/remotes/host/done " + OLD,
                        "delete refs/heads/done " + OLD,
                        "delete refs/remotes/host/mine " + OLD);
    }

    @Test
    void a_branch_that_the_guest_removed_stays_removed() {
        Following following =
                Following.of(
                        host("main", Map.of("main", OLD, "fix", NEW), Map.of()),
                        GuestRefs.parse(
                                "head ref: refs/heads/main\n"
                                        + refs("heads/main", OLD)
                                        + refs("remotes/host/main", OLD)
                                        + refs("remotes/host/fix", OLD)));

        assertThat(commands(following)).containsExactly("update refs/remotes/host/fix " + NEW);
    }

    @Test
    void what_a_guest_says_is_no_command() {
        GuestRefs hostile =
                GuestRefs.parse(
                        "head ref: refs/heads/main\nref zz refs/heads/main\nref "
                                + OLD
                                + "\nfoo\n");

        assertThat(hostile.branches()).isEmpty();
        assertThatThrownBy(() -> host("main", Map.of("a b", OLD), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> host("main", Map.of("a\nb", OLD), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> host("main", Map.of("a", "main"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static HostState host(String head, String object) {
        return host(head, Map.of(head, object), Map.of());
    }

    private static HostState host(
            String head, Map<String, String> branches, Map<String, String> tags) {
        return new HostState(branches, tags, "ref: refs/heads/" + head, "", HostState.Objects.ALL);
    }

    private static GuestRefs guest(String branch, String here, String remembered, String staged) {
        return GuestRefs.parse(
                "head ref: refs/heads/"
                        + branch
                        + "\n"
                        + staged
                        + "\n"
                        + refs("heads/" + branch, here)
                        + refs("remotes/host/" + branch, remembered));
    }

    private static String refs(String name, String object) {
        return "ref " + object + " refs/" + name + "\n";
    }

    private static List<String> commands(Following following) {
        var commands = new ArrayList<String>();
        following.eachCommand(commands::add);
        return commands;
    }

    private static List<String> forgotten(Following following) {
        var forgotten = new ArrayList<String>();
        following.eachForgotten(forgotten::add);
        return forgotten;
    }
}
