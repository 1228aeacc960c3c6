package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import keystone.agent.model.SandboxName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SshFailureTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    @ParameterizedTest
    @CsvSource({
        "Host key verification failed., another machine answered on port 7",
        "sandbox@127.0.0.1: Permission denied (publickey)., does not take the key",
        "ssh: connect to host 127.0.0.1 port 7: Connection refused, nothing listens on port 7",
        "Connection timed out during banner exchange, does not answer on port 7",
        "kex_exchange_identification: read: Connection reset by peer, Connection reset by peer"
    })
    void what_ssh_says_becomes_a_sentence(String said, String told) {
        assertThat(SshFailure.of(said).toError(BLUE, 7).problem()).contains(told, "`blue`");
    }

    @Test
    void a_refusal_is_not_tried_again_but_silence_is() {
        assertThat(SshFailure.of("Host key verification failed.\n").mayPass()).isFalse();
        assertThat(SshFailure.of("Permission denied (publickey).\n").mayPass()).isFalse();
        assertThat(SshFailure.of("Connection refused\n").mayPass()).isTrue();
    }

    @Test
    void what_the_other_side_made_ssh_print_is_harmless_and_short() {
        String problem =
                SshFailure.of("x\u001b]0;evil\u0007" + "y".repeat(10_000))
                        .toError(BLUE, 7)
                        .problem();

        assertThat(problem).doesNotContain("\u001b").hasSizeLessThan(500);
    }
}
