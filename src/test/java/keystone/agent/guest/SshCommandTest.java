package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.SandboxName;
import org.junit.jupiter.api.Test;

final class SshCommandTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    @Test
    void a_forward_has_a_connection_of_its_own_and_ends_when_the_guest_cannot_listen() {
        List<String> words =
                SshCommand.forward(Path.of("/run/c"), BLUE, 3128, Path.of("/run/p.sock"))
                        .arguments();

        assertThat(words)
                .containsSequence("-o", "ExitOnForwardFailure=yes")
                .containsSequence("-R", "127.0.0.1:3128:/run/p.sock")
                .contains(GuestAddress.alias(BLUE))
                .doesNotContain(GuestAddress.sharedAlias(BLUE));
    }

    @Test
    void no_sign_in_a_sockets_path_means_anything_to_ssh() {
        assertThat(
                        SshCommand.forward(Path.of("/c"), BLUE, 3128, Path.of("/run/50%d/p.sock"))
                                .arguments())
                .contains("127.0.0.1:3128:/run/50%%d/p.sock");
    }
}
