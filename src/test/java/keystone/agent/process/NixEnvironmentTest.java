package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class NixEnvironmentTest {
    @Test
    void a_secret_stays_out_and_what_the_command_itself_says_stays() {
        var environment =
                new NixEnvironment(
                        Map.of(
                                "GH_TOKEN", "s3cret",
                                "HOME", "/home/u",
                                "NIX_REMOTE", "daemon",
                                "PATH", "/p",
                                "https_proxy", "http://one"));
        Command command = Command.of("nix").withEnvironment("https_proxy", "http://two");

        Map<String, String> got = environment.restrict(command).environment();

        assertThat(got)
                .containsEntry("GH_TOKEN", null)
                .containsEntry("HOME", "/home/u")
                .containsEntry("NIX_REMOTE", "daemon")
                .containsEntry("https_proxy", "http://two")
                .doesNotContainKey("PATH");
    }
}
