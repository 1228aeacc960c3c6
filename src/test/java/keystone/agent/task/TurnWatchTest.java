package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import keystone.agent.json.Json;
import org.junit.jupiter.api.Test;

/// How turns end that are not what the agent says they are.
final class TurnWatchTest {
    /// What Codex 0.169.0 ends a turn with, when all its retries met 429.
    private static final String LIMIT =
            """
            {"stopReason":"end_turn","usage":null,"_meta":{"quota":{"token_count":null},
            "jetbrains":{"air":{"version":1,"sessionFailure":{"id":"x:error","revision":10,
            "category":"limit","severity":"error","actions":["retry"],
            "title":"exceeded retry limit, last status: 429 Too Many Requests"}}}}}
            """;

    @Test
    void a_typed_failure_is_told_in_the_agents_words_also_at_the_end_of_a_turn() {
        var watch = new TurnWatch();
        watch.begin();

        Turn end = watch.end(Json.parse(LIMIT).asObject(), false);

        assertThat(end)
                .isEqualTo(
                        new Turn.Failed(
                                "exceeded retry limit, last status: 429 Too Many Requests"));
    }
}
