package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretTest {
    private static final SecretName NAME = new SecretName("KEY");
    private static final String CANARY = "canary-4d1f0a77b2c94e5f8a60-tail";

    @Test
    void it_never_prints_itself() {
        Secret secret = Secret.of(NAME, CANARY, Encoding.PLAIN);

        assertThat(secret + "|" + String.valueOf((Object) secret) + "|" + secret.hashCode())
                .startsWith("Secret[KEY]|")
                .doesNotContain(CANARY)
                .doesNotContain("canary");
        assertThat(secret.masked()).isEqualTo("…tail");
        assertThat(Secret.of(NAME, "short-value", Encoding.PLAIN).masked()).isEqualTo("…");
        assertThat(secret.reveal()).isEqualTo(CANARY);
    }

    @Test
    void two_are_equal_when_name_and_value_are() {
        Secret secret = Secret.of(NAME, CANARY, Encoding.PLAIN);

        assertThat(secret).isEqualTo(Secret.of(NAME, CANARY + "\n", Encoding.PLAIN));
        assertThat(secret).isNotEqualTo(Secret.of(NAME, CANARY + "x", Encoding.PLAIN));
        assertThat(secret).isNotEqualTo(Secret.of(new SecretName("K2"), CANARY, Encoding.PLAIN));
        assertThat(secret.hashCode())
                .isEqualTo(Secret.of(NAME, "other", Encoding.PLAIN).hashCode());
    }

    @Test
    void the_end_of_its_line_is_no_part_of_it() {
        assertThat(Secret.of(NAME, "abc\n", Encoding.PLAIN).reveal()).isEqualTo("abc");
        assertThat(Secret.of(NAME, "abc\r\n", Encoding.PLAIN).reveal()).isEqualTo("abc");
    }

    @Test
    void base64_is_decoded_also_when_it_is_wrapped() {
        byte[] plain = (CANARY.repeat(4) + "\n").getBytes(StandardCharsets.UTF_8);
        String wrapped = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(plain);

        assertThat(Secret.of(NAME, wrapped + "\n", Encoding.BASE64).reveal())
                .isEqualTo(CANARY.repeat(4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "canary\ncanary",
                "canary\r\nX-Injected: 1",
                "canary canary",
                "canary\u0000",
                "canary\u00e9",
                "canary\u001b[2J"
            })
    void what_could_not_stand_in_a_header_is_refused_without_a_word_of_it(String held) {
        assertThatThrownBy(() -> Secret.of(NAME, held, Encoding.PLAIN))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.fix()).isNotBlank())
                .hasMessageContaining("KEY")
                .hasMessageNotContaining("canary")
                .hasNoCause();
    }

    @Test
    void what_is_not_base64_is_refused_without_a_word_of_it() {
        assertThatThrownBy(() -> Secret.of(NAME, "canary-!!", Encoding.BASE64))
                .hasMessageNotContaining("canary")
                .hasMessageNotContaining("!")
                .hasNoCause();
        assertThatThrownBy(() -> Secret.of(NAME, "a".repeat(Secret.LONGEST + 1), Encoding.PLAIN))
                .hasMessageContaining("longer");
    }
}
