package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import keystone.agent.json.Json;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.SandboxName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NameServiceTest {
    @TempDir Path directory;
    private final ScriptedNames names = new ScriptedNames();
    private Gate gate;
    private EgressLog log;
    private NameService service;

    @BeforeEach
    void open() {
        gate =
                new Gate(
                        new SandboxName("blue"),
                        EgressPolicy.USUAL,
                        Upstream.NONE,
                        names,
                        _ -> Optional.empty());
        log = EgressLog.open(directory.resolve("egress.jsonl"));
        service = new NameService(gate, log, InstantSource.system());
    }

    @AfterEach
    void close() {
        log.close();
        gate.close();
    }

    @Test
    void what_is_refused_is_told_with_its_fix_and_written_down() throws Exception {
        assertThat(service.refusal("Example.org"))
                .contains(
                        "example.org is not among the hosts that this sandbox may reach;"
                                + " on the host: keystone-agent net allow example.org --name blue");

        Json.Obj line = Json.parse(Files.readString(directory.resolve("egress.jsonl"))).asObject();
        assertThat(line.string("how")).isEqualTo("dns");
        assertThat(line.string("host")).isEqualTo("example.org");
        assertThat(line.stringOrNull("port")).isNull();
        assertThat(line.string("verdict")).isEqualTo("refused");
    }

    @Test
    void what_is_allowed_is_neither_looked_up_nor_written_down() throws Exception {
        assertThat(service.refusal("github.com")).isEmpty();

        assertThat(names.asked).isEmpty();
        assertThat(Files.readString(directory.resolve("egress.jsonl"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "127.0.0.1", "0x7f.1", "::1", "a b", "\u001b[31m", "a..b", "\ufffd"})
    void what_is_no_name_is_refused(String text) {
        assertThat(service.refusal(text).orElseThrow()).matches("[ -~]+");
    }
}
