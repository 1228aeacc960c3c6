package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Owner;
import keystone.agent.process.Command;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.Test;

class AsOwnerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HostUser self = HostUser.current();

    @Test
    void nothing_of_our_environment_is_passed_on() throws Exception {
        Command.Finished finished =
                new AsOwner(self.ids(), self)
                        .command(AsOwner.Life.OURS, Map.of("GIT_DIR", "a b"), List.of("env"))
                        .run(LIMIT);

        assertThat(finished.output().lines())
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "GIT_DIR=a b");
    }

    @Test
    void as_another_a_program_has_no_rights_of_roots_and_ends_with_us() throws Exception {
        assumeTrue(self.isRoot(), "only root can work for others");

        Command.Finished finished =
                new AsOwner(new Owner(54_321, 54_322), self)
                        .command(AsOwner.Life.OURS, Map.of(), List.of("setpriv", "--dump"))
                        .run(LIMIT);

        assertThat(finished.output())
                .contains("uid: 54321", "gid: 54322", "Supplementary groups: [none]")
                .contains("no_new_privs: 1", "Capability bounding set: [none]")
                .containsPattern("(?i)parent death signal: kill");
    }
}
