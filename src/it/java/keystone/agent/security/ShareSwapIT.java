package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A directory that is exchanged for a link after it was looked at and before it is shared, as the
/// guest of another sandbox around the same project could do it; here over 9p, `VirtiofsSwapIT` has
/// the other driver.
@ExtendWith(Installations.class)
class ShareSwapIT {
    private static final String SECRET = "of the host, and not shared";
    private static final String INNER = "of the project";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private Project project;
    private Path inner;
    private Path secrets;

    @BeforeEach
    void directories(Installation home) throws IOException, InterruptedException {
        project = home.project("swap");
        project.write("inner/file", INNER);
        inner = project.path().resolve("inner");
        secrets = Files.createDirectories(home.projects().resolve("secrets"));
        Files.writeString(secrets.resolve("file"), SECRET);
    }

    @Test
    void what_was_exchanged_before_it_was_mounted_is_never_seen_by_a_guest(Installation home)
            throws Exception {
        try (Hold hold = Hold.at("start:machine");
                Background starting =
                        home.starting(project, "--share", "9p", "--mount", inner + ":/inner")
                                .with(hold)
                                .start()) {
            hold.await(LIMIT);
            exchange();
            hold.release();

            Ended refused = starting.await(LIMIT);

            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.errors()).contains("somebody exchanged " + inner);
            assertThat(home.sandbox("swap", project).dir().consoleLog()).isEmptyFile();
            assertThat(home.sandbox("swap", project).processes()).isEmpty();
        }
    }

    /// Whatever moment is hit: the start is refused, or the guest sees what was meant.
    @Test
    void whoever_goes_on_exchanging_it_gets_nothing(Installation home) throws Exception {
        var over = new AtomicBoolean();
        Thread exchanging =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!over.get()) {
                                        exchange();
                                        restore();
                                    }
                                });
        Ended ended;
        try {
            ended = home.starting(project, "--mount", inner + ":/inner").within(LIMIT).run();
        } finally {
            over.set(true);
            exchanging.join();
        }

        if (ended.status() == 0) {
            assertThat(home.sandbox("swap", project).says("cat", "/inner/file")).isEqualTo(INNER);
        } else {
            assertThat(ended.errors())
                    .containsAnyOf("exchanged", "link", "gone", "not a directory", "Can't find");
        }
    }

    private void exchange() {
        try {
            Files.move(inner, aside(), StandardCopyOption.ATOMIC_MOVE);
            Files.createSymbolicLink(inner, secrets);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void restore() {
        try {
            Files.delete(inner);
            Files.move(aside(), inner, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path aside() {
        return inner.resolveSibling("aside");
    }
}
