package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.EgressPolicy.Effect;
import keystone.agent.model.EgressPolicy.Holding;
import keystone.agent.model.EgressPolicy.Rule;
import keystone.agent.model.HostPattern;
import keystone.agent.model.UserError;
import keystone.agent.process.Patience;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.SupervisorLock;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NetworksTest {
    private static final Duration HELD = Duration.ofMillis(300);

    @Test
    void what_is_to_be_checked_is_understood() {
        Map.of(
                        "https://my_host.example.com/a", "my_host.example.com:443",
                        "http://llm_gw.example.com:4000", "llm_gw.example.com:4000",
                        "ssh://git@example.com/a.git", "example.com:22",
                        "http://[2606:4700::1111]/", "[2606:4700::1111]:80",
                        "example.com", "example.com")
                .forEach(
                        (url, pattern) ->
                                assertThat(Networks.target(url))
                                        .as(url)
                                        .isEqualTo(HostPattern.parse(pattern)));
    }

    @Test
    void a_command_that_has_the_lock_for_a_moment_is_waited_for(@TempDir Path top)
            throws Exception {
        SandboxDir blue = TestSandboxes.blue(top);
        Assembly use = TestAssembly.at(TestSandboxes.places(top));
        SupervisorLock lock = blue.tryLock().orElseThrow();
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    boolean _ = Patience.until(HELD, () -> false);
                                    lock.close();
                                });

        EgressPolicy now =
                use.networks()
                        .add(
                                blue.name(),
                                new Rule(HostPattern.parse("example.com"), Effect.DENY),
                                Holding.ALWAYS);

        other.join();
        assertThat(now).isNotEqualTo(EgressPolicy.USUAL);
        assertThat(blue.spec().egress()).isEqualTo(now);
    }

    @Test
    void a_url_without_a_host_is_none() {
        assertThatThrownBy(() -> Networks.target("https:///a"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is not a URL");
    }

    @Test
    void a_port_that_a_url_leaves_to_an_unknown_scheme_is_not_guessed() {
        assertThatThrownBy(() -> Networks.target("postgres://db.example.com/a"))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.fix()).endsWith("db.example.com:PORT"));
        assertThat(Networks.target("postgres://db.example.com:5432/a"))
                .isEqualTo(HostPattern.parse("db.example.com:5432"));
    }
}
