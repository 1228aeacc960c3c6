package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.stream.Stream;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Relay;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SharedSandbox;
import keystone.agent.it.Wait;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Another guest answers on the port where ours should: the very symptom of a machine that was
/// never killed.
@ExtendWith(Installations.class)
final class ForeignGuestIT {
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void one_with_other_keys_is_named(SharedSandbox shared, Installation home) throws Exception {
        int foreign = port(shared.sandbox());

        Ended refused = startWhileAnswers(foreign, home, home.project("shop"));

        assertThat(refused.errors()).containsIgnoringCase("host key").contains("port ");
        assertThat(home.processes()).isEmpty();
    }

    /// A copy of the sandbox's own directory has its keys and its disk; only the nonce of the boot
    /// tells the two apart.
    @Test
    @Tag("full")
    void one_with_the_same_keys_and_the_same_disk_is_named(Installation home) throws Exception {
        Project project = home.project("shop");
        home.start(project).keystone("stop").run().succeeds();
        try (Installation other = Installation.create()) {
            copy(home.state().resolve("shop"), other.state().resolve("shop"));
            Sandbox twin = other.sandbox("shop", project);
            twin.starting().run().succeeds();

            Ended refused = startWhileAnswers(port(twin), home, project);

            assertThat(refused.errors()).contains("another guest answered").contains("port ");
            assertThat(home.sandbox("shop", project).processes()).isEmpty();
            assertThat(twin.says("echo", "still there")).isEqualTo("still there");
        }
    }

    /// Starts the project's sandbox, and puts the foreign guest in its place just before we
    /// connect.
    private static Ended startWhileAnswers(int foreign, Installation home, Project project)
            throws Exception {
        try (Hold connecting = Hold.at("start:connect");
                Background start = home.starting(project).with(connecting).start()) {
            connecting.await(BOOT);
            Sandbox ours = home.sandbox("shop", project);
            int port = Kernel.listeningPort(ours.machinePid());
            // Were it killed, its end would be told before anybody could answer for it.
            Kernel.freeze(ours.machinePid());
            Kernel.endListening(port);
            Wait.until("the port is free", LIMIT, () -> !Kernel.listens(port));
            try (Relay _ = Relay.open(port, foreign)) {
                connecting.release();
                return start.await(BOOT).endsWith(1);
            }
        }
    }

    private static int port(Sandbox sandbox) throws InterruptedException {
        return (int) sandbox.status().object("ssh").number("port");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file)),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
