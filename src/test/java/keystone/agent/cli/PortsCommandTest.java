package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PortsCommandTest {
    private static final int USAGE = 2;

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.use.add(FakeUseCases.running("blue", top));
    }

    @Test
    void ports_are_listed() {
        assertThat(desk.run("ports").out())
                .isEqualTo(
                        """
                        GUEST  PROGRAM  HOST                    BY    NOTE
                        3000   node     http://127.0.0.1:13000  auto  3000 of this host is taken
                        """);
        assertThat(Json.parse(desk.run("ports", "blue", "--json").out()))
                .isEqualTo(
                        Json.parse(
                                """
                                {"auto": "auto",
                                 "ports": [{"guest": 3000, "host": 13000,
                                            "url": "http://127.0.0.1:13000", "program": "node",
                                            "by": "auto", "note": "3000 of this host is taken"}],
                                 "withheld": [], "note": null}
                                """));
    }

    @Test
    void what_is_wanted_is_passed_on() {
        assertThat(desk.run("ports", "--publish", "8080:80", "--publish", "5000").status())
                .isZero();
        assertThat(desk.run("ports", "blue", "--unpublish", "5432", "--no-auto").err())
                .contains("only what --publish names is published");
        assertThat(desk.run("ports", "--auto").status()).isZero();
        assertThat(desk.use.ports.calls)
                .containsExactly(
                        "blue PortsChange[auto=null, publish=[8080:80, 5000:5000], unpublish=[]]",
                        "blue PortsChange[auto=NONE, publish=[], unpublish=[5432]]",
                        "blue PortsChange[auto=AUTO, publish=[], unpublish=[]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--publish 0:80",
                "--publish 80:65536",
                "--publish 80:",
                "--publish a:b",
                "--publish 127.0.0.1:80:80",
                "--unpublish 0",
                "--unpublish x",
                "--auto --no-auto"
            })
    void what_makes_no_sense_is_refused(String flags) {
        var words = ("ports " + flags).split(" ");

        assertThat(desk.run(words).status()).as(flags).isEqualTo(USAGE);
        assertThat(desk.use.ports.calls).isEmpty();
    }

    @Test
    void news_follow_what_is_there() {
        desk.use.ports.now = PortsNow.none(PortsPolicy.of(AutoPorts.NONE));
        desk.use.ports.sentences.addAll(List.of("one came", "one went"));

        assertThat(desk.run("ports", "-f").out())
                .isEqualTo("GUEST  PROGRAM  HOST  BY  NOTE\none came\none went\n");
    }
}
