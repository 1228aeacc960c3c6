package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With what real agents say when a session begins.
final class AcpModelTest {
    private static final Path RECORDED = Path.of("src/test/resources/acp");

    private static Json.Obj opened(String recorded) throws IOException {
        try (Stream<String> lines = Files.lines(RECORDED.resolve(recorded + ".jsonl"))) {
            return lines.map(Json::parse)
                    .map(each -> Members.object(each.asObject(), "m", "result"))
                    .filter(each -> each.get("sessionId") != null)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "claude-ask,opus,session/set_config_option",
        // Also one that is not in its list.
        "claude-ask,claude-opus-4-1,session/set_config_option",
        "codex-ask,gpt-5.5,session/set_config_option",
        "codex-ask,gpt-6.1-sol[low],session/set_model",
        "gemini-write,gemini-2.5-pro,session/set_model"
    })
    void each_agent_is_told_in_its_own_way(String recorded, String model, String method)
            throws Exception {
        assertThat(AcpModel.choose(opened(recorded), "s", model))
                .isInstanceOfSatisfying(
                        AcpModel.Choice.class,
                        choice -> {
                            assertThat(choice.method()).isEqualTo(method);
                            assertThat(choice.params().string("sessionId")).isEqualTo("s");
                            assertThat(choice.params().compact()).contains("\"" + model + "\"");
                        });
    }

    @Test
    void what_they_offer_is_known() throws Exception {
        assertThat(AcpModel.offered(opened("claude-ask"))).contains("opus", "haiku");
        assertThat(AcpModel.offered(opened("gemini-write"))).contains("gemini-2.5-pro");
    }

    @Test
    void an_agent_that_offers_none_has_its_own() {
        assertThat(AcpModel.choose(Json.object(), "s", "x")).isEqualTo(new AcpModel.Fixed());
        Json.Obj odd =
                Json.parse("{\"configOptions\":[1,{\"category\":7}],\"models\":[{}]}").asObject();
        assertThat(AcpModel.choose(odd, "s", "x")).isEqualTo(new AcpModel.Fixed());
    }
}
