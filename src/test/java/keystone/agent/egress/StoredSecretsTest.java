package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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

    private static Callable<?> setting(StoredSecrets stored, String value) {
        return () -> {
            stored.set(KEY, value, Encoding.PLAIN);
            return null;
        };
    }
}
