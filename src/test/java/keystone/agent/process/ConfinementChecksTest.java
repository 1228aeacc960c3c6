package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Check;
import keystone.agent.model.Owner;
import org.junit.jupiter.api.Test;

class ConfinementChecksTest {
    private static final Confinement.Tools TOOLS =
            new Confinement.Tools(Path.of("/bwrap"), Path.of("/setpriv"), Path.of("/unshare"));
    private static final HostUser ANNA = new HostUser(new Owner(1234, 1234), List.of());

    @Test
    void the_tightest_confinement_passes_and_says_what_holds() {
        Check check = judge(0, Map.of());

        assertThat(check.status()).isEqualTo(Check.Status.PASSED);
        assertThat(check.message()).contains("seen as 1000 inside", "no supplementary groups");
    }

    @Test
    void groups_that_stay_are_a_warning_with_the_way_to_more_ids() {
        Check check = judge(1, Map.of());

        assertThat(check.status()).isEqualTo(Check.Status.WARNING);
        assertThat(check.fix()).contains("--add-subuids");
    }

    @Test
    void each_switch_that_forbids_user_namespaces_has_its_own_fix() {
        assertThat(judge(3, Map.of("kernel/apparmor_restrict_unprivileged_userns", "1")).fix())
                .contains("/etc/apparmor.d/bwrap");
        assertThat(judge(3, Map.of("kernel/unprivileged_userns_clone", "0")).fix())
                .contains("kernel.unprivileged_userns_clone=1");
        assertThat(judge(3, Map.of("user/max_user_namespaces", "0")).fix())
                .contains("user.max_user_namespaces=15000");
        assertThat(judge(3, Map.of()).fix()).contains("container");
    }

    @Test
    void nothing_that_works_is_a_failure_in_the_tools_words() {
        Check check = judge(4, Map.of());

        assertThat(check.status()).isEqualTo(Check.Status.FAILED);
        assertThat(check.message()).isEqualTo("nothing works: it complained");
    }

    /// @param firstThatWorks of the candidates
    private static Check judge(int firstThatWorks, Map<String, String> sysctls) {
        var trials = new ArrayList<ConfinementSearch.Trial>();
        for (Confinement each : new ConfinementSearch(ANNA).candidates(ANNA.ids(), TOOLS)) {
            boolean works = trials.size() >= firstThatWorks;
            trials.add(new ConfinementSearch.Trial(each, works, works ? "" : "it complained"));
        }
        return ConfinementChecks.judge(trials, name -> sysctls.getOrDefault(name, ""));
    }
}
