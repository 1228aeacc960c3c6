package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.json.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentsListCommandTest {
    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
    }

    @Test
    void agents_are_listed_with_version_and_credential() {
        assertThat(desk.run("agents", "list").out())
                .isEqualTo(
                        """
                        AGENT   VERSION  FROM          CREDENTIAL
                        claude  1.2.3    agents layer  none: keystone-agent tokens set CLAUDE_CODE_OAUTH_TOKEN
                        codex   1.2.3    agents layer  none: keystone-agent tokens set OPENAI_API_KEY
                        gemini  1.2.3    agents layer  none: keystone-agent tokens set GEMINI_API_KEY
                        shell   1.2.3    agents layer  needs none
                        """);
    }

    @Test
    void a_machine_reads_how_each_is_started() {
        Json.Obj gemini =
                Json.parse("{\"all\":" + desk.run("agents", "list", "--json").out() + "}")
                        .asObject()
                        .array("all")
                        .get(2)
                        .asObject();

        assertThat(gemini.string("name")).isEqualTo("gemini");
        assertThat(gemini.array("command"))
                .extracting(each -> each.asString("word"))
                .containsExactly("gemini", "--acp");
        assertThat(gemini.bool("ready")).isTrue();
        assertThat(gemini.bool("needsCredential")).isTrue();
        assertThat(gemini.stringOrNull("credential")).isNull();
    }

    @Test
    void a_file_that_nobody_approved_has_no_effect_and_no_mistakes() throws Exception {
        desk.directory = top.resolve("blue");
        Path folder = Files.createDirectories(desk.directory.resolve(".keystone"));
        Files.writeString(folder.resolve("agent.toml"), "no = such = setting");

        assertThat(desk.run("agents", "list").status()).isZero();
    }
}
