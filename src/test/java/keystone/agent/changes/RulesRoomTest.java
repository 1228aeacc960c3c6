package keystone.agent.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the `.gitignore` files of one project may take together.
final class RulesRoomTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PLENTY = 1_000;

    @TempDir private Path project;

    @Test
    void rules_are_held_as_far_as_there_is_room_for_all() throws Exception {
        for (int i = 0; i < 40; i++) {
            Path directory = Files.createDirectories(project.resolve("d" + i + "/ignored"));
            Files.writeString(
                    directory.resolveSibling(".gitignore"), "a\n".repeat(1_998) + "ignored\n");
        }
        try (ProjectChanges changes = ProjectChanges.watch(project, PLENTY)) {

            assertThat(Patience.until(LIMIT, () -> changes.missed().isPresent())).isTrue();
            assertThat(changes.missed())
                    .hasValue("its .gitignore files have more rules than are read");
            // Of those whose rules found no room, what they ignore is watched, too.
            assertThat(Patience.until(LIMIT, () -> changes.directories() > 41)).isTrue();
            assertThat(changes.directories()).isLessThan(81);
        }
    }

    @Test
    void rules_of_directories_that_have_gone_take_no_room() throws Exception {
        try (ProjectChanges changes = ProjectChanges.watch(project, PLENTY)) {
            assertThat(Patience.until(LIMIT, () -> changes.directories() == 1)).isTrue();
            for (int i = 0; i < 40; i++) {
                Path directory = Files.createDirectories(project.resolve("d"));
                Files.writeString(directory.resolve(".gitignore"), "a\n".repeat(1_999));
                assertThat(Patience.until(LIMIT, () -> changes.directories() == 2)).isTrue();
                Files.delete(directory.resolve(".gitignore"));
                Files.delete(directory);
                assertThat(Patience.until(LIMIT, () -> changes.directories() == 1)).isTrue();
            }

            assertThat(changes.missed()).isEmpty();
        }
    }
}
