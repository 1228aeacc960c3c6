package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import keystone.agent.json.Json;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Agents;
import org.junit.jupiter.api.Test;

class AgentPinsTest {
    private final GuestFiles files = GuestFiles.ofAgents();
    private final Json.Obj lock =
            Json.parse(files.file("package-lock.json").text()).asObject().object("packages");

    @Test
    void every_agent_that_is_said_to_be_in_the_layer_has_a_version_there() {
        var pins = AgentPins.of(files);

        assertThat(Agents.BUILT_IN)
                .filteredOn(AgentSpec.Acp.class::isInstance)
                .isNotEmpty()
                .allSatisfy(
                        each ->
                                assertThat(pins.version(each.name()).orElseThrow())
                                        .matches("[0-9]+\\.[0-9]+\\.[0-9]+"));
    }

    @Test
    void one_version_is_meant_and_the_lock_has_that_one() {
        Json.Obj wanted =
                Json.parse(files.file("package.json").text()).asObject().object("dependencies");

        for (Map.Entry<String, Json> each : wanted.members().entrySet()) {
            String version = each.getValue().asString("version");
            Json.Obj locked = lock.object("node_modules/" + each.getKey());

            assertThat(version).doesNotContain("^", "~", "*", "latest");
            assertThat(version.substring(version.lastIndexOf('@') + 1))
                    .isEqualTo(locked.string("version"));
        }
    }

    /// Whatever registry somebody uses, they get what was locked, or nothing.
    @Test
    void every_package_is_known_by_its_content_and_none_by_its_address() {
        for (Map.Entry<String, Json> each : lock.members().entrySet()) {
            if (!each.getKey().isEmpty()) {
                Json.Obj locked = each.getValue().asObject();

                assertThat(locked.string("integrity")).as(each.getKey()).startsWith("sha512-");
                assertThat(locked.get("resolved")).as(each.getKey()).isNull();
            }
        }
    }
}
