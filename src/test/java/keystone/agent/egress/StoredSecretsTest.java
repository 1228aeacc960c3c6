package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import keystone.agent.AtOnce;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredSecretsTest {
    private static final SecretName KEY = new SecretName("ANTHROPIC_API_KEY");

    @TempDir private Path top;

    @Test
    void several_commands_set_one_at_once_and_each_succeeds() throws Exception {
        var stored = new StoredSecrets(top.resolve("secrets"));

        AtOnce.run(
                25,
                IntStream.range(0, 4)
                        .mapToObj(i -> setting(stored, "value-of-number-" + i))
                        .toArray(Callable<?>[]::new));

        assertThat(stored.find(KEY).orElseThrow().reveal()).matches("value-of-number-[0-3]");
        assertThat(top.resolve("secrets").toFile().list()).containsExactly(KEY.value());
    }

    @Test
    void what_a_killed_command_has_left_goes_with_the_next_one() throws Exception {
        var stored = new StoredSecrets(top.resolve("secrets"));
        assertThat(stored.remove(KEY)).isFalse();
        stored.set(KEY, "value-of-number-1", Encoding.PLAIN);
        Path left = Files.writeString(top.resolve("secrets/.new-1.tmp"), "value");
        Path atWork = Files.writeString(top.resolve("secrets/.new-2.tmp"), "value");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(120)));

        assertThat(stored.remove(KEY)).isTrue();

        assertThat(left).doesNotExist();
        assertThat(atWork).exists();
    }

    private static Callable<?> setting(StoredSecrets stored, String value) {
        return () -> {
            stored.set(KEY, value, Encoding.PLAIN);
            return null;
        };
    }
}
