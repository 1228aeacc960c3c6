package keystone.agent.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import keystone.agent.process.Inotify;
import keystone.agent.process.OpenDirectory;
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

    /// As happens where a `.gitignore` was written, and its directory exchanged for another before
    /// it was read.
    @Test
    void a_directory_that_has_gone_does_not_hold_the_rules_of_one_of_its_name() throws Exception {
        try (Inotify inotify = Inotify.open();
                var tree = new WatchedTree(inotify, OpenDirectory.withoutLinks(project), PLENTY)) {
            tree.watchAll();
            Path directory = Files.createDirectories(project.resolve("d"));
            // The kernel counts from one (inotify_add_watch(2)).
            WatchedDirectory root = Objects.requireNonNull(tree.find(1));
            var gone = new ArrayList<WatchedDirectory>();
            for (int i = 0; i < 40; i++) {
                gone.add(tree.add(root, "d").getFirst());
            }
            Files.writeString(directory.resolve(".gitignore"), "a\n".repeat(1_999));

            gone.forEach(tree::readRules);

            assertThat(tree.missed()).isEmpty();
        }
    }
}
