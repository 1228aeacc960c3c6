package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.config.Origin.Place;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.GitIdentity.Person;
import keystone.agent.model.IdentityChoice;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;

final class FileSourceTest {
    private final FileSource source =
            new FileSource(Place.USER, "f.toml", new Interpreter(Path.of("/home/u"), Map.of()));

    @Test
    void an_unknown_key_is_refused_with_the_nearest_one() {
        assertRefused(
                "cpus = 2\nmemroy = '4g'",
                "f.toml, line 2: there is no setting `memroy`",
                "perhaps `memory` is meant");
        assertRefused(
                "[imgae]\npackages = ['a']",
                "f.toml, line 2: there is no setting `imgae.packages`",
                "perhaps `image.packages` is meant");
        assertRefused(
                "[env.A]\nB = '1'",
                "f.toml, line 2: there is no setting `env.A.B`",
                "perhaps `env` is meant");
        assertRefused(
                "[mounts]",
                "f.toml, line 1: the value of `mounts` is of the wrong type",
                "write a list of `\"HOST:GUEST\"` or `\"HOST:GUEST:ro\"`");
    }

    @Test
    void an_agent_of_ones_own_is_a_table_with_a_command() {
        var mine = AgentSpec.Acp.custom(new AgentName("mine"), List.of("my-agent", "--acp"));

        assertThat(source.read("agent = 'mine'\n[agents.mine]\ncommand = ['my-agent', '--acp']"))
                .extracting(Setting::value)
                .containsExactly(new AgentName("mine"), mine);
        assertRefused(
                "[agents.mine]\ncommand = 'my-agent --acp'",
                "f.toml, line 2: the value of `agents` is of the wrong type",
                "write a table `[agents.NAME]` with `command = [\"PROGRAM\", \"ARGUMENT\"]`");
        assertRefused(
                "[agents.mine]\ncommand = []",
                "f.toml, line 2, agents: the agent `mine` has no command",
                "write command = [\"PROGRAM\", \"ARGUMENT\"] under [agents.mine]");
        assertRefused(
                "[agents.shell]\ncommand = ['sh']",
                "f.toml, line 2, agents: the agent `shell` is built in",
                "give yours another name under [agents]");
    }

    @Test
    void a_person_is_a_table_or_a_text() {
        var ada = new IdentityChoice.Fixed(new Person("Ada \"1\"", "ada@example.org"));

        assertThat(source.read("identity = { name = 'Ada \"1\"', email = 'ada@example.org' }"))
                .extracting(Setting::value)
                .containsExactly(ada);
        assertThat(source.read("identity = 'Ada \"1\" <ada@example.org>'"))
                .extracting(Setting::value)
                .containsExactly(ada);
        assertThat(source.read("identity = 'agent'"))
                .extracting(Setting::value)
                .containsExactly(new IdentityChoice.Agent());
        assertRefused(
                "identity = { name = 'Ada' }",
                "f.toml, line 1: the value of `identity` is of the wrong type",
                "write a `\"host\"`, `\"agent\"` or `{ name = \"…\", email = \"…\" }`");
        assertRefused(
                "identity = 'me'",
                "f.toml, line 1, identity: `me` is not a name and an address",
                "write it as: Ada Lovelace <ada@example.org>");
    }

    @Test
    void a_value_of_the_wrong_type_is_refused() {
        assertRefused(
                "\nmemory = 4",
                "f.toml, line 2: the value of `memory` is of the wrong type",
                "write a size in quotes, such as `\"4g\"` or `\"512m\"`");
        assertRefused(
                "cpus = '2'",
                "f.toml, line 1: the value of `cpus` is of the wrong type",
                "write a whole number");
        assertRefused(
                "mounts = [1]",
                "f.toml, line 1: the value of `mounts` is of the wrong type",
                "write a list of `\"HOST:GUEST\"` or `\"HOST:GUEST:ro\"`");
        assertRefused(
                "env = 'A'",
                "f.toml, line 1: the value of `env` is of the wrong type",
                "write a table of `NAME = \"value\"`");
        assertRefused(
                "[[image]]\npackages=[]",
                "f.toml, line 2: `image` is not a table",
                "write a line [image], and its settings below");
    }

    @Test
    void a_value_that_makes_no_sense_is_refused_at_its_place() {
        assertRefused("memory = '4x'", "f.toml, line 1, memory: `4x` is not a size", "write it as");
        assertRefused(
                "memory = '1m'",
                "f.toml, line 1, memory: 1m of memory is too little for a guest",
                "use --memory 256m or more");
        assertRefused(
                "cpus = 900",
                "f.toml, line 1, cpus: 900 processors cannot be given to a guest",
                "use --cpus 1 to 64");
        assertRefused(
                "idle_stop = '5'",
                "f.toml, line 1, idle_stop: `5` is not a duration",
                "write it like 90m");
        assertRefused(
                "mounts = ['data:/data']",
                "f.toml, line 1, mounts: the mount of `data` is relative, and to nothing",
                "give the whole path");
        assertRefused(
                "[env]\n'A B' = '1'",
                "f.toml, line 2, env: `A B` cannot be set as a variable",
                "write it as NAME=VALUE");
        assertRefused(
                "[image]\npackages = ['-x']",
                "f.toml, line 2, image.packages: `-x` cannot be a Debian package's name",
                "correct `packages`");
    }

    @Test
    void a_text_that_is_not_toml_is_refused_with_its_line() {
        assertRefused("a = 1\nmemory 4g", "f.toml, line 2: Invalid character", "correct the file");
        assertRefused("cpus = 2\ncpus = 3\n", "f.toml, line 2: ", "correct the file");
        assertRefused(
                "x = " + "[".repeat(60_000),
                "f.toml, line 1: brackets are nested too deep",
                "correct the file");
        assertRefused("\nmemory = '\u001b[2J\u0001\n", "f.toml, line 2: ", "correct the file");
    }

    @Test
    void nothing_is_refused_in_an_empty_text_and_in_empty_tables() {
        assertThat(source.read("")).isEmpty();
        assertThat(source.read("# a comment\n[env]\n[image]\n")).isEmpty();
    }

    private void assertRefused(String text, String problem, String fix) {
        UserError error = catchThrowableOfType(UserError.class, () -> source.read(text));

        assertThat(error.problem()).startsWith(problem).doesNotContain("\u001b");
        assertThat(error.fix()).startsWith(fix);
    }
}
