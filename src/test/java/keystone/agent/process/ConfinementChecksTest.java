package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import keystone.agent.model.Check;
import keystone.agent.model.Owner;
import org.junit.jupiter.api.Test;

class ConfinementChecksTest {
    private static final Confinement.Tools TOOLS =
            new Confinement.Tools(Path.of("/bwrap"), Path.of("/setpriv"), Path.of("/unshare"));
    private static final String PERMIT = "permit them";
    private static final HostUser ANNA = new HostUser(new Owner(1234, 1234));

    @Test
    void the_tightest_confinement_passes_and_says_where_its_details_are() {
        Check check = judge(0);

        assertThat(check.status()).isEqualTo(Check.Status.PASSED);
        assertThat(check.message()).startsWith("full; ").contains("keystone-agent status");
    }

    @Test
    void groups_that_stay_are_a_warning_with_the_way_to_more_ids() {
        Check check = judge(1);

        assertThat(check.status()).isEqualTo(Check.Status.WARNING);
        assertThat(check.fix()).contains("--add-subuids");
    }

    @Test
    void user_namespaces_that_are_forbidden_are_a_warning_with_the_way_to_permit_them() {
        Check check = judge(3);

        assertThat(check.status()).isEqualTo(Check.Status.WARNING);
        assertThat(check.fix()).isEqualTo(PERMIT);
    }

    @Test
    void nothing_that_works_is_a_failure_in_the_tools_words() {
        Check check = judge(4);

        assertThat(check.status()).isEqualTo(Check.Status.FAILED);
        assertThat(check.message()).isEqualTo("nothing works: it complained");
    }

    /// @param firstThatWorks of the candidates
    private static Check judge(int firstThatWorks) {
        var trials = new ArrayList<ConfinementSearch.Trial>();
        for (Confinement each : new ConfinementSearch(ANNA).candidates(ANNA.ids(), TOOLS)) {
            boolean works = trials.size() >= firstThatWorks;
            trials.add(new ConfinementSearch.Trial(each, works, works ? "" : "it complained"));
        }
        return ConfinementChecks.judge(trials, PERMIT);
    }
}
