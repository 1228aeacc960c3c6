package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import keystone.agent.egress.Redactor;
import keystone.agent.egress.Secrets;
import keystone.agent.egress.StoredSecrets;
import keystone.agent.egress.Upstream;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorLogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Redactor redactor = new Redactor();
    private final SupervisorLog log =
            new SupervisorLog(
                    new PrintStream(bytes, true, StandardCharsets.UTF_8),
                    Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                    redactor);

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_secret_that_was_read_is_in_no_line(@TempDir Path directory) throws Exception {
        var origins =
                new Secrets.Origins(
                        Map.of("GH_TOKEN", "ghp_canary4d1f0a77b2c94e5f8a60tail"),
                        directory,
                        directory,
                        new StoredSecrets(directory.resolve("none")),
                        _ -> false);
        Secrets secrets =
                Secrets.open(
                        new Secrets.Run(new SandboxName("blue"), Map.of(), redactor),
                        KnownSecrets.all(),
                        origins,
                        Upstream.NONE,
                        Clock.systemUTC());
        secrets.deliver(new SecretName("GH_TOKEN"), OutputStream.nullOutputStream());

        log.failure("it said", new IOException("got ghp_canary4d1f0a77b2c94e5f8a60tail"));

        assertThat(written()).contains("got [GH_TOKEN]").doesNotContain("canary");
    }

    @Test
    void a_line_has_its_time_and_no_control_characters() {
        log.line("a\u001b[2Jb");

        assertThat(written()).isEqualTo("1970-01-01T00:00:00Z a?[2Jb\n");
    }

    @Test
    void whoever_makes_it_speak_for_ever_does_not_fill_the_disk() {
        for (int i = 0; i < 3000; i++) {
            log.line("x".repeat(100_000));
        }

        assertThat(written().length()).isLessThan(SupervisorLog.MOST_CHARACTERS + 100);
        assertThat(written()).endsWith(" in it\n");
        assertThat(written().lines().filter(line -> line.endsWith(" in it"))).hasSize(1);
    }
}
