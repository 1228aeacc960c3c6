package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import keystone.agent.json.Json;
import keystone.agent.model.TaskUpdate;
import org.junit.jupiter.api.Test;

final class AcpUpdatesTest {
    /// As codex-acp 2.6.0 puts it, while the agent's program tries again.
    private static final String RETRY =
            """
            {"sessionUpdate":"session_info_update","_meta":{"jetbrains":{"air":{"version":1,
            "sessionFailure":{"id":"t1:error","revision":1,"category":"limit","severity":"warning",
            "title":"Reconnecting... 1/5","actions":[]}}}}}
            """;

    @Test
    void that_it_tries_again_is_told() {
        assertThat(AcpUpdates.of(Json.parse(RETRY).asObject()))
                .contains(new TaskUpdate.Note("Reconnecting... 1/5"));
    }

    @Test
    void so_are_details_of_it() {
        String detailed = RETRY.replace("\"actions\"", "\"details\":\"429\",\"actions\"");

        assertThat(AcpUpdates.of(Json.parse(detailed).asObject()))
                .contains(new TaskUpdate.Note("Reconnecting... 1/5: 429"));
    }

    @Test
    void a_new_title_of_the_session_says_nothing() {
        String title = "{\"sessionUpdate\":\"session_info_update\",\"title\":\"Fix it\"}";

        assertThat(AcpUpdates.of(Json.parse(title).asObject())).isEmpty();
    }
}
