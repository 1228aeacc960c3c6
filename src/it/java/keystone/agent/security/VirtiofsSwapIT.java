package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A directory that is exchanged for a link after it was looked at and before its virtiofsd mounts
/// it.
@ExtendWith(Installations.class)
class VirtiofsSwapIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String SECRET = "of the host, and not shared";

    private Installation home;
    private Project project;
    private Path inner;
    private Path secrets;

    @BeforeEach
    void directories() throws Exception {
        home = Installation.withOwnImages().withVirtiofsd();
        project = home.project("shop");
        project.write("inner/file", "of the project");
        inner = project.path().resolve("inner");
        secrets = Files.createDirectories(home.projects().resolve("secrets"));
        Files.writeString(secrets.resolve("file"), SECRET);
    }

    @AfterEach
    void close() {
        home.close();
    }

    /// As the guest of another sandbox around the same project could do it.
    @Test
    void what_was_exchanged_before_virtiofsd_mounted_it_is_not_served() throws Exception {

        Ended refused = startExchanging(inner, "--mount", inner + ":/inner");

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors()).contains("somebody exchanged " + inner);
        assertThat(shop().dir().consoleLog()).isEmptyFile();
        assertThat(shop().processes()).isEmpty();
        assertThat(shop().state()).isEqualTo("stopped");
    }

    @Test
    void nor_is_a_project_that_was_exchanged() throws Exception {
        Ended refused = startExchanging(project.path());

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors()).contains("somebody exchanged " + project.path());
        assertThat(shop().processes()).isEmpty();
    }

    private Sandbox shop() {
        return home.sandbox("shop", project);
    }

    private Invocation starting(String... flags) {
        return home.starting(
                project,
                Stream.concat(Stream.of("--share", "virtiofs"), Stream.of(flags))
                        .toArray(String[]::new));
    }

    private Ended startExchanging(Path directory, String... flags) throws Exception {
        Path aside = directory.resolveSibling("aside");
        try (Hold hold = Hold.at("start:share");
                Background starting = starting(flags).with(hold).start()) {
            hold.await(LIMIT);
            Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
            Files.createSymbolicLink(directory, secrets);
            hold.release();
            return starting.await(LIMIT);
        } finally {
            Files.deleteIfExists(directory);
            Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /// Whatever moment is hit: the start is refused, or the guest sees what was meant.
    @Test
    void whoever_goes_on_exchanging_a_directory_gets_nothing() throws Exception {
        Path aside = inner.resolveSibling("aside");
        var over = new AtomicBoolean();
        Thread exchanging =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!over.get()) {
                                        exchange(aside);
                                    }
                                });
        Ended ended;
        try {
            ended = starting("--mount", inner + ":/inner").within(LIMIT).run();
        } finally {
            over.set(true);
            exchanging.join();
        }

        if (ended.status() == 0) {
            assertThat(shop().says("cat", "/inner/file")).isEqualTo("of the project");
        } else {
            assertThat(ended.errors())
                    .containsAnyOf("exchanged", "link", "gone", "not a directory", "Can't find");
        }
    }

    private void exchange(Path aside) {
        try {
            Files.move(inner, aside, StandardCopyOption.ATOMIC_MOVE);
            Files.createSymbolicLink(inner, secrets);
            Files.delete(inner);
            Files.move(aside, inner, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
