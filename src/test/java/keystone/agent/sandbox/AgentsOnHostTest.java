package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import keystone.agent.image.Images;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretSource;
import keystone.agent.store.Places;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentsOnHostTest {
    private static final String KEY = "GEMINI_API_KEY";

    @TempDir private Path top;
    private Path project;
    private AgentsOnHost agents;

    @BeforeEach
    void aProjectAlone() throws IOException {
        Map<String, String> environment =
                Map.of("HOME", top.toString(), "XDG_RUNTIME_DIR", top.toString());
        var places = Places.from(environment, 0);
        Assembly assembly = TestAssembly.at(places);
        project = Files.createDirectories(top.resolve("project"));
        agents =
                new AgentsOnHost(
                        new Images(top, top.resolve("image.lock"), Clock.systemUTC()),
                        assembly.tokens());
    }

    @Test
    void a_credential_is_found_where_the_user_says_that_it_is() throws Exception {
        Path file = Files.writeString(top.resolve("key"), "k".repeat(40));

        assertThat(gemini(List.of()).credential()).isNull();
        assertThat(gemini(List.of(from(file))).credential()).isEqualTo(KEY + " from " + file);
    }

    @Test
    void one_that_is_there_but_unreadable_is_no_credential_and_no_lack_of_one() throws Exception {
        Files.createSymbolicLink(project.resolve(".env"), top.resolve("elsewhere"));

        AgentEntry gemini = gemini(List.of());

        assertThat(gemini.credential()).isNull();
        assertThat(gemini.problem()).contains(".env of the project is not read");
    }

    private AgentEntry gemini(List<SecretRef> own) throws InterruptedException {
        return agents.list(AgentChoice.NONE, own, project).stream()
                .filter(each -> each.spec().name().value().equals("gemini"))
                .findFirst()
                .orElseThrow();
    }

    private static SecretRef from(Path file) {
        SecretRef known =
                KnownSecrets.with(List.of()).stream()
                        .filter(each -> each.name().value().equals(KEY))
                        .findFirst()
                        .orElseThrow();
        return new SecretRef(
                known.name(),
                List.of(new SecretSource.File(file)),
                known.encoding(),
                known.hosts(),
                known.places(),
                known.also(),
                known.shape());
    }
}
