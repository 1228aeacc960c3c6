package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import keystone.agent.model.SecretRef.Companion;
import keystone.agent.model.SecretRef.Encoding;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretRefTest {
    private static final SecretName NAME = new SecretName("MY_TOKEN");
    private static final List<SecretSource> SOURCES = List.of(new SecretSource.Stored());
    private static final List<HostPattern> HOSTS = List.of(HostPattern.parse("api.example.org"));
    private static final List<SecretPlace> PLACES = List.of(SecretPlace.bearer());
    private static final PlaceholderShape SHAPE = new PlaceholderShape("tok_", 40);

    private static SecretRef to(String... hosts) {
        return new SecretRef(
                NAME,
                SOURCES,
                Encoding.PLAIN,
                List.of(hosts).stream().map(HostPattern::parse).toList(),
                PLACES,
                null,
                SHAPE);
    }

    @Test
    void it_goes_to_its_hosts_on_the_port_of_tls_and_nowhere_else() {
        SecretRef secret = to("api.example.org", "*.cdn.example.org", "odd.example.org:8443");

        assertThat(secret.mayGoTo(new HostName("api.example.org"), 443)).isTrue();
        assertThat(secret.mayGoTo(new HostName("a.cdn.example.org"), 443)).isTrue();
        assertThat(secret.mayGoTo(new HostName("odd.example.org"), 8443)).isTrue();
        assertThat(secret.mayGoTo(new HostName("api.example.org"), 80)).isFalse();
        assertThat(secret.mayGoTo(new HostName("odd.example.org"), 443)).isFalse();
        assertThat(secret.mayGoTo(new HostName("cdn.example.org"), 443)).isFalse();
        assertThat(secret.mayGoTo(new HostName("xapi.example.org"), 443)).isFalse();
        assertThat(secret.mayGoTo(new HostName("api.example.org.evil.example"), 443)).isFalse();
    }

    @Test
    void one_without_a_source_a_host_or_a_place_is_refused() {
        refused(() -> new SecretRef(NAME, List.of(), Encoding.PLAIN, HOSTS, PLACES, null, SHAPE));
        refused(() -> new SecretRef(NAME, SOURCES, Encoding.PLAIN, List.of(), PLACES, null, SHAPE));
        refused(() -> new SecretRef(NAME, SOURCES, Encoding.PLAIN, HOSTS, List.of(), null, SHAPE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1A", "A-B", "A B", "A=B", "A\nB", "é"})
    void a_name_that_is_no_variable_is_refused(String name) {
        refused(() -> new SecretName(name));
    }

    @Test
    void a_secret_typed_in_the_place_of_its_name_is_not_repeated() {
        assertThatThrownBy(() -> new SecretName("sk-ant-api03-canary-canary"))
                .hasMessageNotContaining("canary");
    }

    @ParameterizedTest
    @CsvSource({
        "Host,{}",
        "content-length,{}",
        "Transfer-Encoding,{}",
        "Proxy-Authorization,{}",
        "X:Y,{}",
        "'',{}",
        "X,none",
        "X,{} {}",
        "X,'{}\u0001'"
    })
    void a_header_that_cannot_hold_a_secret_is_refused(String name, String template) {
        refused(() -> new SecretPlace.Header(name, template));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a=b", "a&b", "a b", "ä"})
    void a_parameter_of_an_odd_name_is_refused(String name) {
        refused(() -> new SecretPlace.Query(name));
    }

    @Test
    void sources_that_lead_nowhere_are_refused() {
        refused(() -> new SecretSource.DotEnv("../.env", "A"));
        refused(() -> new SecretSource.DotEnv("..", "A"));
        refused(() -> new SecretSource.DotEnv("", "A"));
        refused(() -> new SecretSource.File(Path.of("relative")));
        refused(() -> new SecretSource.Command(List.of()));
        refused(() -> new SecretSource.Command(List.of(" ")));
        refused(() -> SecretSource.Command.keyring(List.of("service")));
        refused(() -> new SecretSource.Variable("A B"));
        refused(() -> new Companion("Host", "x"));
        refused(() -> new Companion("X-Beta", "a,b"));
    }

    @Test
    void a_keyring_is_asked_by_its_own_tool() {
        assertThat(SecretSource.Command.keyring(List.of("service", "anthropic")).arguments())
                .containsExactly("secret-tool", "lookup", "service", "anthropic");
    }

    @Test
    void what_a_command_is_given_is_not_shown() {
        assertThat(new SecretSource.Command(List.of("pass", "show", "private/name")).words())
                .isEqualTo("command pass");
    }

    @Test
    void a_placeholder_has_the_shape_of_its_kind_and_is_new_each_time() {
        var random = new Random(1);
        for (SecretRef known : KnownSecrets.all()) {
            String one = known.shape().draw(random);
            String other = known.shape().draw(random);

            assertThat(one).startsWith(known.shape().prefix()).hasSize(known.shape().length());
            assertThat(known.shape().fits(one)).isTrue();
            assertThat(one).isNotEqualTo(other);
        }
    }

    @Test
    void a_placeholder_that_could_be_guessed_is_refused() {
        refused(() -> new PlaceholderShape("sk-", 20));
        refused(() -> new PlaceholderShape("sk ", 60));
        refused(() -> new PlaceholderShape("sk-", 6000));
    }

    @Test
    void every_known_secret_goes_to_hosts_of_its_own_maker() {
        assertThat(KnownSecrets.all()).extracting(SecretRef::name).doesNotHaveDuplicates();
        assertThat(KnownSecrets.named(new SecretName("ANTHROPIC_API_KEY")))
                .hasValueSatisfying(
                        key -> {
                            assertThat(key.mayGoTo(new HostName("api.anthropic.com"), 443))
                                    .isTrue();
                            assertThat(key.mayGoTo(new HostName("api.openai.com"), 443)).isFalse();
                        });
        assertThat(KnownSecrets.named(new SecretName("CLAUDE_CODE_OAUTH_TOKEN")))
                .hasValueSatisfying(
                        token ->
                                assertThat(token.also())
                                        .isEqualTo(
                                                new Companion(
                                                        "anthropic-beta", "oauth-2025-04-20")));
    }

    private static void refused(ThrowingCallable definition) {
        assertThatThrownBy(definition)
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.fix()).isNotBlank());
    }
}
