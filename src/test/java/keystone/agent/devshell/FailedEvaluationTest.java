package keystone.agent.devshell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person is told when real nix fails over what was approved.
final class FailedEvaluationTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir private Path directory;

    /// An agent can make it fail, and write what such a program would run then.
    @Test
    void nobody_is_sent_to_what_runs_the_project_as_it_is_now() throws Exception {
        NixWorld nix = NixWorld.in(directory);
        var devshells = new Devshells(nix.root().resolve("state"), nix.environment());
        Path project = nix.project("flake.nix", NixWorld.flake("throw \"out of beans\""));
        DevshellInputs inputs = ((DevshellStanding.Unapproved) devshells.look(project)).inputs();
        devshells.approve(project, inputs);

        assertThatThrownBy(() -> devshells.capture(project, inputs, LIMIT))
                .isInstanceOfSatisfying(
                        UserError.class,
                        failed -> {
                            assertThat(failed.quoted()).anyMatch(line -> line.contains("beans"));
                            assertThat(failed.fix())
                                    .startsWith("mend it, then: keystone-agent devshell refresh")
                                    .contains("`nix develop` here would run");
                        });
    }
}
