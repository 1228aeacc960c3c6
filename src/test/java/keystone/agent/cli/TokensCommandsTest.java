package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.json.Json;
import keystone.agent.model.HostPattern;
import keystone.agent.model.SecretName;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokensCommandsTest {
    private static final int USAGE = 2;
    private static final List<HostPattern> HOSTS =
            List.of(HostPattern.parse("api.example.org"), HostPattern.parse("example.org"));

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
    }

    @Test
    void secrets_are_listed_masked_with_source_and_age() {
        desk.use.tokens.entries.add(
                new TokenEntry(
                        new SecretName("ONE_KEY"),
                        "tokens set",
                        "…wxyz",
                        FakeUseCases.NOW.minus(Duration.ofHours(27)),
                        HOSTS,
                        null,
                        null,
                        List.of("blue")));
        desk.use.tokens.entries.add(
                new TokenEntry(new SecretName("TWO_KEY"), null, null, null, HOSTS, null, null));
        desk.use.tokens.entries.add(
                new TokenEntry(
                        new SecretName("BAD_KEY"),
                        null,
                        null,
                        null,
                        HOSTS.subList(0, 1),
                        "line 2 of .env is \u001b odd",
                        "write it as NAME='VALUE'"));

        Outcome listed = desk.run("tokens", "list");

        assertThat(listed.out())
                .isEqualTo(
                        """
                        SECRET   SOURCE      VALUE  AGE    FOR                 IN
                        ONE_KEY  tokens set  …wxyz  1d 3h  api.example.org +1  blue
                        BAD_KEY  unreadable  -      -      api.example.org     -
                        """);
        assertThat(listed.err())
                .contains("warning: line 2 of .env", "fix:     write it as NAME='VALUE'")
                .doesNotContain("\u001b");
        assertThat(desk.run("tokens", "ls", "--all").out()).contains("TWO_KEY  -");
        assertThat(desk.run("tokens", "list", "--json").out())
                .contains("\"changedAt\": \"2026-02-28T09:00:00Z\"");
    }

    @Test
    void a_value_comes_from_standard_input_and_is_not_shown() {
        desk.typed = "canary-value\n";

        Outcome plain = desk.run("tokens", "set", "ONE_KEY");
        Outcome encoded = desk.run("tokens", "set", "ONE_KEY", "--encoding", "base64");

        assertThat(desk.use.tokens.calls)
                .containsExactly(
                        "set ONE_KEY canary-value\n PLAIN", "set ONE_KEY canary-value\n BASE64");
        assertThat(plain.out()).isEqualTo("ONE_KEY is kept on this host\n");
        assertThat(plain.all() + encoded.all()).doesNotContain("canary");
    }

    @Test
    void a_value_on_the_command_line_is_refused_and_not_repeated() {
        for (List<String> words :
                List.of(
                        List.of("tokens", "set", "ONE_KEY", "canary"),
                        List.of("tokens", "set", "ONE_KEY=canary-canary-canary"),
                        List.of("tokens", "set", "canary-4d1f0a77b2c94e5f8a60"))) {
            Outcome outcome = desk.run(words);

            assertThat(outcome.status()).isEqualTo(USAGE);
            assertThat(outcome.err()).contains("error: ", "fix: ");
            assertThat(outcome.all()).doesNotContain("canary-4d1f", "canary-canary", " canary");
        }
        assertThat(desk.use.tokens.calls).isEmpty();
    }

    @Test
    void nobody_types_a_value_where_it_would_be_shown() {
        desk.terminal = true;
        desk.typed = "canary\n";

        Outcome outcome = desk.run("tokens", "set", "ONE_KEY");

        // The terminal of this test is none, so its echo cannot be turned off.
        assertThat(outcome.status()).isEqualTo(USAGE);
        assertThat(outcome.err()).contains("would be visible", "on standard input");
        assertThat(desk.use.tokens.calls).isEmpty();
    }

    @Test
    void an_encoding_that_there_is_not_is_a_misuse() {
        assertThat(desk.run("tokens", "set", "ONE_KEY", "--encoding", "hex").status())
                .isEqualTo(USAGE);
    }

    @Test
    void a_trial_says_what_the_server_said_and_its_status_tells() {
        assertThat(desk.run("tokens", "test", "ONE_KEY").out()).isEqualTo("it works\n");
        desk.use.tokens.trial = new TokenTrial(TokenTrial.Outcome.REFUSED, "it is not taken");
        Outcome refused = desk.run("tokens", "test", "ONE_KEY", "--json");

        assertThat(refused.status()).isEqualTo(1);
        assertThat(Json.parse(refused.out()).asObject().string("outcome")).isEqualTo("refused");
        assertThat(desk.run("tokens", "rm", "ONE_KEY").out()).isEqualTo("ONE_KEY is forgotten\n");
        assertThat(desk.use.tokens.calls)
                .containsExactly("test ONE_KEY", "test ONE_KEY", "rm ONE_KEY");
    }
}
