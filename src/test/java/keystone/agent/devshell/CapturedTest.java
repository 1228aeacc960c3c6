package keystone.agent.devshell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class CapturedTest {
    private final Captured captured = new Captured("/nix/store");

    /// nix needs it on the host, so that a shell of direnv's has it too.
    @Test
    void the_tokens_in_the_settings_of_nix_stay_here() {
        String settings =
                """
                access-tokens = github.com=ghp_0
                ssl-cert-file = /nix/store/0-cacert/ca.crt
                """;

        assertThat(captured.ofHost(Map.of("NIX_CONFIG", settings, "LOCALE", "/nix/store/0-l")))
                .isEqualTo(Map.of("LOCALE", "/nix/store/0-l"));
    }
}
