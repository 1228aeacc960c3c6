package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.config.Origin.Place;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;

final class SecretTableTest {
    private static final Path HOME = Path.of("/home/ada");

    private static SecretRef user(Map<String, Object> members) {
        return new SecretTable(Place.USER, HOME).read("ACME_KEY", members);
    }

    private static SecretRef project(String name, Map<String, Object> members) {
        return new SecretTable(Place.PROJECT, HOME).read(name, members);
    }

    @Test
    void what_is_not_said_is_usual() {
        SecretRef ref = user(Map.of("hosts", List.of("api.acme.example")));

        assertThat(ref.sources())
                .containsExactly(new SecretSource.Stored(), new SecretSource.Variable("ACME_KEY"));
        assertThat(ref.places()).containsExactly(SecretPlace.bearer());
        assertThat(ref.hosts()).map(Object::toString).containsExactly("api.acme.example");
        assertThat(ref.encoding()).isEqualTo(Encoding.PLAIN);
    }

    @Test
    void every_place_and_source_can_be_said() {
        SecretRef ref =
                user(
                        Map.of(
                                "hosts",
                                "api.acme.example:8443",
                                "as",
                                List.of("header X-Key", "header X-T: token {}", "basic", "query k"),
                                "file",
                                "~/keys/acme",
                                "command",
                                List.of("pass", "show", "a b"),
                                "encoding",
                                "base64"));

        assertThat(ref.sources())
                .containsExactly(
                        new SecretSource.Stored(),
                        new SecretSource.File(HOME.resolve("keys/acme")),
                        new SecretSource.Command(List.of("pass", "show", "a b")));
        assertThat(ref.places())
                .containsExactly(
                        SecretPlace.header("X-Key"),
                        new SecretPlace.Header("X-T", "token {}"),
                        new SecretPlace.Basic(),
                        new SecretPlace.Query("k"));
        assertThat(ref.encoding()).isEqualTo(Encoding.BASE64);
    }

    @Test
    void a_project_names_no_program_and_says_nothing_of_known_secrets() {
        List<String> hosts = List.of("api.acme.example");

        assertThatThrownBy(
                        () -> project("ACME_KEY", Map.of("hosts", hosts, "command", List.of("sh"))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot name a program");
        assertThatThrownBy(
                        () ->
                                project(
                                        "ACME_KEY",
                                        Map.of("hosts", hosts, "keyring", List.of("a", "b"))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot name a program");
        assertThatThrownBy(() -> project("ANTHROPIC_API_KEY", Map.of("hosts", hosts)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot say where ANTHROPIC_API_KEY goes");
        assertThat(project("ACME_KEY", Map.of("hosts", hosts)).hosts()).hasSize(1);
    }

    @Test
    void mistakes_are_named() {
        assertThatThrownBy(() -> user(Map.of())).hasMessageContaining("`hosts`");
        assertThatThrownBy(() -> user(Map.of("hosts", 3))).hasMessageContaining("`hosts`");
        assertThatThrownBy(() -> user(Map.of("hosts", "a.example", "as", "cookie")))
                .hasMessageContaining("`cookie`");
        assertThatThrownBy(() -> user(Map.of("hosts", "a.example", "value", "x")))
                .hasMessageContaining("no `value`");
    }
}
