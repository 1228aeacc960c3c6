package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgentsTest {
    private static final AgentSpec.Acp MINE =
            AgentSpec.Acp.custom(new AgentName("mine"), List.of("my-agent", "--acp"));

    @Test
    void somebodys_own_come_after_the_built_in_ones() {
        assertThat(new Agents(List.of(MINE)).all())
                .extracting(each -> each.name().value())
                .containsExactly("claude", "codex", "gemini", "shell", "mine");
    }

    @Test
    void one_under_a_built_in_name_takes_its_place() {
        var other = AgentSpec.Acp.custom(new AgentName("codex"), List.of("other"));

        assertThat(new Agents(List.of(other)).named(new AgentName("codex"))).isEqualTo(other);
    }

    @Test
    void shell_has_no_other_meaning() {
        assertThatThrownBy(() -> AgentSpec.Acp.custom(AgentSpec.Shell.NAME, List.of("sh")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("`shell` is built in");
    }

    @Test
    void a_mistyped_name_is_answered_with_the_likely_one() {
        assertThatThrownBy(() -> new Agents(List.of()).named(new AgentName("cloude")))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.fix()).isEqualTo("use --agent claude"));
    }

    @Test
    void only_an_agent_of_the_layer_asks_for_the_layer() {
        assertThat(layer("gemini")).isEqualTo(ImageRecipe.AgentsLayer.INCLUDED);
        assertThat(layer("shell")).isEqualTo(ImageRecipe.AgentsLayer.LEFT_OUT);
        assertThat(layer("mine")).isEqualTo(ImageRecipe.AgentsLayer.LEFT_OUT);
        assertThat(AgentChoice.NONE.layer()).isEqualTo(ImageRecipe.AgentsLayer.LEFT_OUT);
    }

    @Test
    void every_credential_of_a_built_in_agent_is_a_secret_that_tokens_set_takes_or_reads() {
        for (AgentSpec agent : Agents.BUILT_IN) {
            if (agent instanceof AgentSpec.Acp acp) {
                assertThat(KnownSecrets.named(new SecretName(acp.credentials().getFirst())))
                        .isPresent();
                assertThat(acp.credentials())
                        .allMatch(
                                name ->
                                        KnownSecrets.all().stream()
                                                .flatMap(each -> each.sources().stream())
                                                .anyMatch(new SecretSource.Variable(name)::equals));
            }
        }
    }

    private static ImageRecipe.AgentsLayer layer(String name) {
        return new AgentChoice(new AgentName(name), List.of(MINE), AgentChoice.Outfit.ALL).layer();
    }
}
