package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Owner;
import keystone.agent.model.UserError;
import keystone.agent.process.Enclosure.Place;
import org.junit.jupiter.api.Test;

class ConfinementTest {
    private static final Confinement.Tools TOOLS =
            new Confinement.Tools(
                    Path.of("/usr/bin/bwrap"),
                    Path.of("/usr/bin/setpriv"),
                    Path.of("/usr/bin/unshare"));
    private static final Owner ANNA = new Owner(1234, 1235);
    private static final Owner ROOT = new Owner(0, 0);
    private static final HostUser AS_ROOT = new HostUser(ROOT);
    private static final HostUser AS_ANNA = new HostUser(ANNA);
    private static final Enclosure NOTHING = new Enclosure(List.of(), Map.of());

    @Test
    void a_user_is_mapped_to_1000_and_loses_groups_and_capabilities() {
        String chain = chain(candidates(AS_ANNA, ANNA).getFirst());

        assertThat(chain)
                .startsWith(
                        "/usr/bin/unshare --user --map-auto --map-root-user --pid --fork"
                                + " --kill-child=KILL --"
                                + " /usr/bin/setpriv --clear-groups -- /usr/bin/bwrap")
                .contains("--unshare-user --uid 1000 --gid 1000 --cap-drop ALL")
                .contains("--unshare-pid", "--die-with-parent", "--clearenv")
                .endsWith("--remount-ro / --chdir / -- qemu -x");
    }

    @Test
    void a_user_without_further_ids_keeps_the_groups_and_the_report_says_so() {
        Confinement second = candidates(AS_ANNA, ANNA).get(1);

        assertThat(chain(second))
                .startsWith(
                        "/usr/bin/unshare --user --map-current-user --pid --fork --kill-child=KILL"
                                + " -- /usr/bin/bwrap --unshare-pid")
                .doesNotContain("clear-groups");
        assertThat(second.explain()).contains("keeps its user's supplementary groups");
    }

    @Test
    void a_user_without_user_namespaces_is_not_confined_and_keeps_the_number() {
        Confinement last = candidates(AS_ANNA, ANNA).getLast();

        assertThat(chain(last))
                .isEqualTo(
                        "/usr/bin/setpriv --no-new-privs --inh-caps=-all -- /usr/bin/env -i qemu"
                                + " -x");
        assertThat(last.ownerInside()).isEqualTo(ANNA);
        assertThat(last.hasPlaces()).isFalse();
    }

    @Test
    void root_makes_the_mounts_itself_and_then_becomes_the_owner() {
        String chain = chain(candidates(AS_ROOT, ANNA).getFirst());

        assertThat(chain)
                .startsWith("/usr/bin/unshare --pid --fork --kill-child=KILL -- /usr/bin/bwrap")
                .doesNotContain("--unshare-user")
                .endsWith(
                        "-- /usr/bin/setpriv --reuid=1234 --regid=1235 --clear-groups"
                                + " --bounding-set=-all --inh-caps=-all --no-new-privs --"
                                + " /usr/bin/unshare --user --map-user=1000 --map-group=1000 --"
                                + " qemu -x");
    }

    @Test
    void root_may_map_itself_only_with_the_capability_for_it() {
        assertThat(chain(candidates(AS_ROOT, ROOT).getFirst()))
                .contains("--cap-add CAP_SETFCAP", "--bounding-set=-all,+setfcap");
        assertThat(chain(candidates(AS_ROOT, ANNA).getFirst())).doesNotContain("setfcap");
    }

    @Test
    void without_user_namespaces_root_still_confines_for_another_owner_but_not_for_itself() {
        Confinement fallback = candidates(AS_ROOT, ANNA).getLast();

        assertThat(chain(fallback)).contains("/usr/bin/bwrap").doesNotContain("unshare --user");
        assertThat(fallback.ownerInside()).isEqualTo(ANNA);
        assertThat(candidates(AS_ROOT, ROOT)).hasSize(1);
    }

    @Test
    void root_can_keep_one_group_that_a_device_needs() {
        Confinement kept = candidates(AS_ROOT, ANNA).getFirst().keepingGroup(108);

        assertThat(chain(kept)).contains("--groups=108").doesNotContain("--clear-groups");
        assertThat(kept.explain()).contains("no supplementary groups but [108]");
    }

    @Test
    void only_root_works_as_somebody_else() {
        assertThatThrownBy(() -> candidates(AS_ANNA, ROOT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("belongs to user 0");
    }

    @Test
    void the_network_is_the_hosts_unless_it_is_taken_away() {
        Confinement confinement = candidates(AS_ANNA, ANNA).getFirst();

        assertThat(confinement.enclose(NOTHING, List.of("qemu"))).doesNotContain("--unshare-net");
        assertThat(confinement.enclose(NOTHING.withoutNetwork(), List.of("virtiofsd")))
                .contains("--unshare-net");
    }

    @Test
    void every_directory_above_a_place_is_made_open_to_the_owner() {
        var enclosure =
                new Enclosure(
                        List.of(Place.readWrite(Path.of("/home/a,b \"c\"\n"), "/share/deep/0")),
                        Map.of("K", "v w"));
        Confinement confinement = candidates(AS_ANNA, ANNA).getFirst();

        List<String> chain = confinement.enclose(enclosure, List.of("qemu"));

        assertThat(chain)
                .containsSequence("--dir", "/share", "--dir", "/share/deep")
                .containsSequence("--bind", "/home/a,b \"c\"\n", "/share/deep/0")
                .containsSequence("--setenv", "K", "v w");
    }

    private static List<Confinement> candidates(HostUser user, Owner owner) {
        return new ConfinementSearch(user).candidates(owner, TOOLS);
    }

    private static String chain(Confinement confinement) {
        return String.join(" ", confinement.enclose(NOTHING, List.of("qemu", "-x")));
    }
}
