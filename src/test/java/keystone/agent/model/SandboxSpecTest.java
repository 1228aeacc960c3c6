package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a later start makes of a sandbox.
final class SandboxSpecTest {
    private static final Digest IMAGE = Digest.of("image");
    private static final Share CACHE =
            new Share(Path.of("/home/ada/cache"), "/cache", Access.READ_ONLY);
    private static final SandboxSpec BLUE =
            new SandboxSpec(
                    new SandboxName("blue"),
                    Path.of("/home/ada/blue"),
                    IMAGE,
                    BuildId.create(IMAGE),
                    Resources.DEFAULT,
                    ShareDriver.NINE_P,
                    GitMode.DIRECT,
                    EgressPolicy.of(EgressMode.NONE),
                    PortsPolicy.of(AutoPorts.NONE),
                    List.of(CACHE),
                    Duration.ofHours(1));

    private static final Settings SAID =
            new Settings(
                    ByteSize.ofGib(8),
                    4,
                    null,
                    ShareDriver.VIRTIOFS,
                    GitMode.PROTECTED,
                    null,
                    EgressMode.OPEN,
                    AutoPorts.AUTO,
                    List.of(),
                    Map.of(),
                    Duration.ofMinutes(5),
                    ImageRecipe.NONE,
                    List.of(),
                    Map.of(),
                    MaskRules.NONE,
                    AgentChoice.NONE,
                    TaskDefaults.NONE,
                    null);

    @Test
    void what_nobody_said_stays() {
        SandboxSpec same = BLUE.changedBy(Settings.NONE.withMounts(List.of(CACHE)));

        assertThat(same).isEqualTo(BLUE);
    }

    @Test
    void a_mount_that_nobody_asked_for_again_goes() {
        assertThat(BLUE.changedBy(Settings.NONE).mounts()).isEmpty();
    }

    @Test
    void what_was_said_replaces_what_it_has() {
        SandboxSpec next = BLUE.changedBy(SAID);

        assertThat(next.resources())
                .isEqualTo(new Resources(ByteSize.ofGib(8), 4, Resources.DEFAULT.disk()));
        assertThat(next.share()).isEqualTo(ShareDriver.VIRTIOFS);
        assertThat(next.git()).isEqualTo(GitMode.PROTECTED);
        assertThat(next.egress().mode()).isEqualTo(EgressMode.OPEN);
        assertThat(next.ports().auto()).isEqualTo(AutoPorts.AUTO);
        assertThat(next.idleStop()).isEqualTo(Duration.ofMinutes(5));
        assertThat(next.buildId()).isEqualTo(BLUE.buildId());
    }
}
