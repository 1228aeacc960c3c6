package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Hold;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// The base image from nothing to its removal: killed builds, two at once, use without a network.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ImageBuildIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Installation home;
    private Path fetched = Path.of("");

    ImageBuildIT() throws Exception {
        home = Installation.readyToBuild();
    }

    @AfterAll
    void close() {
        home.close();
    }

    @Test
    @Order(1)
    void a_build_that_is_killed_while_it_downloads_leaves_no_image() throws Exception {
        fetched = anyPackage();
        Files.delete(fetched);

        BuildCrash.at("image:downloading", home);

        assertThat(Shelves.images(home)).isEmpty();
    }

    @Test
    @Order(2)
    void a_build_that_is_killed_while_it_installs_leaves_no_image() throws Exception {
        BuildCrash.at("image:installing", home);

        assertThat(Shelves.images(home)).isEmpty();
        assertThat(Shelves.unfinished(home)).isNotEmpty();
    }

    @Test
    @Order(3)
    void of_two_builds_at_once_one_waits_and_says_so_and_both_have_one_result() throws Exception {
        try (Hold hold = Hold.at("image:unpacking");
                Background first = build().with(hold).start()) {
            hold.await(LIMIT);
            try (Background second = build().start()) {
                Wait.until(
                        "the second build waits",
                        Duration.ofSeconds(20),
                        () -> second.errorsSoFar().contains("waiting for another image build"));
                hold.release();
                Ended builder = first.await(LIMIT).succeeds();
                Ended waiter = second.await(LIMIT).succeeds();

                assertThat(builder.errors()).contains("installing").contains("packing");
                assertThat(waiter.errors()).doesNotContain("installing").doesNotContain("packing");
                assertThat(waiter.text()).isEqualTo(builder.text());
                assertThat(Shelves.images(home)).hasSize(1);
            }
        }
    }

    @Test
    @Order(4)
    void what_the_killed_builds_left_is_swept() {
        assertThat(Shelves.unfinished(home)).isEmpty();
    }

    @Test
    @Order(5)
    void its_files_are_private() throws Exception {
        Path image = home.images().resolve(Shelves.images(home).getFirst());

        assertThat(mode(home.images())).isEqualTo("rwx------");
        assertThat(mode(home.images().resolve(".packages"))).isEqualTo("rwx------");
        assertThat(mode(fetched)).isEqualTo("rw-------");
        assertThat(mode(image)).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(image)) {
            assertThat(files.filter(file -> !isForTheMachine(file)))
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
        }
    }

    @Test
    @Order(6)
    void with_unchanged_inputs_neither_build_nor_start_need_a_network() throws Exception {
        Offline.required();

        Ended built = Offline.run(build()).succeeds();
        Ended started = Offline.run(home.starting(home.project("shop"))).succeeds();

        assertThat(built.text()).isEqualTo(Shelves.images(home).getFirst().substring(0, 12));
        assertThat(started.errors()).doesNotContain("looking").doesNotContain("downloading");
        assertThat(shop().says("true")).isEmpty();
    }

    @Test
    @Order(7)
    void an_image_in_use_is_not_removed_whatever_the_lock_says_now() throws Exception {
        String digest = Shelves.images(home).getFirst();

        Ended refused = home.keystone("image", "rm", digest).run();
        Shelves.changeLock(home);
        home.keystone("image", "rm", "--unused").run().succeeds();

        assertThat(refused.status()).isNotZero();
        assertThat(refused.errors())
                .contains("is in use by shop", "keystone-agent image rm --unused");
        assertThat(Shelves.images(home)).containsExactly(digest);
        assertThat(shop().starting().run().succeeds().errors()).doesNotContain("error");
    }

    @Test
    @Order(8)
    void nobodys_image_is_removed() throws Exception {
        home.keystone("destroy", "-f", "shop").run().succeeds();

        Ended removed = home.keystone("image", "rm", "--unused").run().succeeds();

        assertThat(removed.errors()).contains("is removed");
        assertThat(Shelves.images(home)).isEmpty();
        assertThat(Shelves.unfinished(home)).isEmpty();
    }

    private Sandbox shop() {
        return home.sandbox("shop", new Project(home.projects().resolve("shop")));
    }

    private Invocation build() {
        return home.keystone("image", "build").within(LIMIT);
    }

    private Path anyPackage() throws IOException {
        try (Stream<Path> all = Files.list(home.images().resolve(".packages"))) {
            return all.min(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
        }
    }

    private static boolean isForTheMachine(Path file) {
        return List.of("base.squashfs", "vmlinux", "initrd.cpio")
                .contains(String.valueOf(file.getFileName()));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }
}
