package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.model.Digest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A build that is killed at any of its steps, and the bytes of two builds from one lock.
@Tag("full")
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BuildCrashIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Installation home;
    private Map<String, Digest> first = Map.of();

    BuildCrashIT() throws Exception {
        home = Installation.readyToBuild();
    }

    @AfterAll
    void close() {
        home.close();
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(
            strings = {
                "image:checking",
                "image:reading",
                "image:unpacking",
                "image:installing",
                "image:packing",
                "image:writing"
            })
    void a_killed_build_leaves_no_image(String moment) throws Exception {
        BuildCrash.at(moment, home);

        assertThat(Shelves.images(home)).isEmpty();
        // Of this build only: the one before was swept.
        assertThat(Shelves.unfinished(home)).hasSize(1);
    }

    @Test
    @Order(2)
    void a_killed_choice_of_versions_leaves_the_old_lock() throws Exception {
        Path lock = home.state().resolve("image.lock");
        String before = Files.readString(lock);

        BuildCrash.at("image:looking", home, "--update");

        assertThat(Files.readString(lock)).isEqualTo(before);
        assertThat(Shelves.images(home)).isEmpty();
    }

    @Test
    @Order(3)
    void the_next_build_works_and_sweeps() throws Exception {
        build();

        first = content();
        assertThat(first.keySet())
                .contains("base.squashfs", "initrd.cpio", "vmlinux", "dpkg-status");
        assertThat(Shelves.unfinished(home)).isEmpty();
    }

    @Test
    @Order(4)
    void a_second_build_from_the_same_lock_makes_the_same_bytes() throws Exception {
        String digest = Shelves.images(home).getFirst();
        home.keystone("image", "rm", digest).run().succeeds();
        assertThat(Shelves.images(home)).isEmpty();

        build();

        assertThat(Shelves.images(home)).containsExactly(digest);
        assertThat(content()).isEqualTo(first);
    }

    @Test
    @Order(5)
    void a_killed_update_leaves_the_old_image_in_use() throws Exception {
        String old = Shelves.age(home);
        Path lock = home.state().resolve("image.lock");
        String before = Files.readString(lock);

        BuildCrash.at("image:writing", home, "--update");

        assertThat(Files.readString(lock)).isEqualTo(before);
        home.keystone("image", "rm", "--unused").run().succeeds();
        assertThat(Shelves.images(home)).containsExactly(old);
        Ended built = home.keystone("image", "build").run().succeeds();
        assertThat(built.text()).isEqualTo(old.substring(0, 12));
        assertThat(built.errors()).doesNotContain("looking", "installing");
    }

    private void build() throws InterruptedException {
        Ended built = home.keystone("image", "build").within(LIMIT).run().succeeds();
        assertThat(built.errors()).contains("packing the disk");
    }

    /// Of the files of the one image; but its manifest has the time of the build.
    private Map<String, Digest> content() throws Exception {
        Path image = home.images().resolve(Shelves.images(home).getFirst());
        var content = new TreeMap<String, Digest>();
        try (Stream<Path> files = Files.list(image)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (!name.equals(Manifest.FILE)) {
                    content.put(name, digest(file));
                }
            }
        }
        return content;
    }

    private static Digest digest(Path file) throws IOException {
        return Digest.of(Files.readAllBytes(file));
    }
}
