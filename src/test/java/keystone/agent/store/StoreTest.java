package keystone.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
    @TempDir Path temporary;
    private Places places;
    private Store store;

    @BeforeEach
    void open() {
        places = TestSandboxes.places(temporary);
        store = new Store(places);
    }

    static SandboxSpec spec(String name) {
        Digest image = Digest.of("image");
        return new SandboxSpec(
                new SandboxName(name),
                Path.of("/src/a \"b\",\n名"),
                image,
                BuildId.create(image),
                Resources.DEFAULT,
                ShareDriver.AUTO,
                GitMode.AUTO,
                EgressPolicy.USUAL,
                PortsPolicy.USUAL,
                List.of(new Share(Path.of("/data"), "/data", Access.READ_ONLY)),
                Duration.ofHours(2));
    }

    private SandboxDir create(String name) {
        return store.create(spec(name), "1.0").orElseThrow();
    }

    @Test
    void of_two_threads_that_change_one_spec_neither_undoes_the_others_work() throws Exception {
        SandboxDir dir = TestSandboxes.blue(temporary);
        var other =
                new Thread(() -> dir.changeSpec(spec -> spec.with(PortsPolicy.USUAL.without(80))));

        SandboxSpec _ =
                dir.changeSpec(
                        spec -> {
                            other.start();
                            assertThat(joins(other, Duration.ofMillis(200))).isFalse();
                            return spec.with(EgressPolicy.USUAL.with(EgressMode.OPEN));
                        });

        assertThat(joins(other, Duration.ofSeconds(10))).isTrue();
        assertThat(dir.spec().egress().mode()).isEqualTo(EgressMode.OPEN);
        assertThat(dir.spec().ports().withheld()).containsExactly(80);
    }

    private static boolean joins(Thread thread, Duration limit) {
        try {
            return thread.join(limit);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    @Test
    void a_spec_is_read_back_as_it_was_written() {
        SandboxSpec spec = spec("blue");

        SandboxDir dir = store.create(spec, "1.0").orElseThrow();

        assertThat(dir.spec()).isEqualTo(spec);
    }

    @Test
    void a_name_is_given_once_however_many_ask_at_once() throws Exception {
        Callable<Optional<SandboxDir>> ask = () -> store.create(spec("blue"), "1.0");
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<SandboxDir>>> asked =
                    Stream.generate(() -> pool.submit(ask)).limit(20).toList();

            long given = 0;
            for (Future<Optional<SandboxDir>> each : asked) {
                given += each.get().isPresent() ? 1 : 0;
            }
            assertThat(given).isEqualTo(1);
        }
        assertThat(temporary.resolve("state")).isDirectoryNotContaining("glob:**/.new-*");
    }

    @Test
    void everything_is_private() throws Exception {
        SandboxDir dir = create("blue");

        try (Stream<Path> all = Files.walk(places.state())) {
            assertThat(all)
                    .allSatisfy(
                            path ->
                                    assertThat(
                                                    PosixFilePermissions.toString(
                                                            Files.getPosixFilePermissions(path)))
                                            .endsWith("------"));
        }
        assertThat(dir.run().controlSocket().toString().length()).isLessThan(200);
    }

    @Test
    void sandboxes_are_listed_by_name_and_nothing_else_is() throws Exception {
        create("green");
        create("blue");
        Files.createDirectory(places.state().resolve(".new-red-1"));
        Files.writeString(places.state().resolve("image.lock"), "");

        assertThat(store.all())
                .extracting(dir -> dir.name().value())
                .containsExactly("blue", "green");
    }

    @Test
    void guests_can_write_the_projects_and_the_mounts_that_are_not_read_only() throws Exception {
        SandboxSpec blue = spec("blue");
        var mounts =
                List.of(
                        new Share(Path.of("/data"), "/data", Access.READ_WRITE),
                        new Share(Path.of("/set"), "/set", Access.READ_ONLY));
        var mounted =
                new SandboxSpec(
                        blue.name(),
                        blue.project(),
                        blue.image(),
                        blue.buildId(),
                        blue.resources(),
                        blue.share(),
                        blue.git(),
                        blue.egress(),
                        blue.ports(),
                        mounts,
                        null);
        assertThat(store.create(mounted, "1.0")).isPresent();
        Files.writeString(create("green").specFile(), "damaged");

        assertThat(store.writable()).containsExactly(blue.project(), Path.of("/data"));
    }

    @Test
    void a_sandbox_of_before_gets_the_usual_network() throws Exception {
        SandboxDir dir = create("blue");
        String now = Files.readString(dir.specFile());
        String before = now.replaceFirst("\"net\": \\{[^}]*},", "");
        Files.writeString(dir.specFile(), before);

        assertThat(before).isNotEqualTo(now);
        assertThat(dir.spec().egress()).isEqualTo(EgressPolicy.USUAL);
    }

    @Test
    void a_removed_sandbox_is_gone_with_its_run_directory() {
        SandboxDir dir = create("blue");
        PrivateFiles.createDirectories(dir.run().path());

        store.remove(dir);

        assertThat(dir.path()).doesNotExist();
        assertThat(dir.run().path()).doesNotExist();
        assertThat(store.find(new SandboxName("blue"))).isEmpty();
    }

    @Test
    void what_a_killed_command_left_is_found_once_it_is_old() throws Exception {
        Path leftover = Files.createDirectories(places.state().resolve(".gone-blue-1"));
        Files.createDirectory(leftover.resolve("deep"));
        Instant now = Instant.now();

        assertThat(store.halfDone(now)).isEmpty();
        Files.setLastModifiedTime(leftover, FileTime.from(now.minus(Duration.ofHours(1))));
        assertThat(store.halfDone(now)).containsExactly(leftover);
        store.removeHalfDone(leftover);
        assertThat(leftover).doesNotExist();
    }

    @Test
    void a_damaged_record_is_an_error_that_says_what_to_do() throws Exception {
        SandboxDir dir = create("blue");
        Files.writeString(dir.specFile(), "{\"name\": \"blue\"}");

        assertThatThrownBy(dir::spec)
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.fix()).contains("destroy"));
    }

    @Test
    void the_record_of_a_later_program_is_refused_and_left_as_it_is() throws Exception {
        SandboxDir dir = create("blue");
        String now = Files.readString(dir.specFile());
        String later = now.replace("\"format\": 1", "\"format\": 2");
        Files.writeString(dir.specFile(), later);

        assertThat(later).isNotEqualTo(now);
        assertThatThrownBy(dir::refuseLater)
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem())
                                    .startsWith("the sandbox `blue` is of a later keystone-agent");
                            assertThat(error.fix()).doesNotContain("destroy");
                        });
        assertThatThrownBy(dir::spec).hasMessageContaining("later keystone-agent");
        assertThat(store.writable())
                .as("its guest may run")
                .containsExactly(spec("blue").project());
        assertThat(dir.specFile()).hasContent(later);
    }

    @Test
    void a_record_of_before_there_were_formats_is_read() throws Exception {
        SandboxDir dir = create("blue");
        SandboxSpec spec = dir.spec();
        String now = Files.readString(dir.specFile());
        String before = now.replaceFirst(",\\s*\"format\": 1", "");
        Files.writeString(dir.specFile(), before);

        assertThat(before).isNotEqualTo(now);
        assertThat(dir.spec()).isEqualTo(spec);
    }

    @Test
    void removing_a_tree_does_not_follow_links_out_of_it() throws Exception {
        Path precious = Files.writeString(temporary.resolve("precious"), "x");
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("file"), precious);
        Files.createSymbolicLink(tree.resolve("directory"), temporary);

        PrivateFiles.deleteTree(tree);

        assertThat(tree).doesNotExist();
        assertThat(precious).exists();
    }

    /// As the owner of a directory could do it while root removes that.
    @Test
    void nor_links_that_are_put_in_a_directory_s_place_meanwhile() throws Exception {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        for (int i = 0; i < 100; i++) {
            Files.writeString(outside.resolve("file" + i), "x");
        }
        Path tree = temporary.resolve("tree");
        for (int round = 0; round < 20; round++) {
            Path inner = Files.createDirectories(tree.resolve("inner"));
            for (int i = 0; i < 100; i++) {
                Files.writeString(inner.resolve("file" + i), "x");
            }
            Thread exchanging = Thread.ofPlatform().start(() -> exchange(inner, outside));
            removeAsFarAsPossible(tree);
            exchanging.join();
            removeAsFarAsPossible(tree);
        }

        assertThat(outside.toFile().list()).hasSize(100);
        PrivateFiles.deleteTree(tree);
        assertThat(tree).doesNotExist();
    }

    private static void exchange(Path inner, Path outside) {
        Path aside = inner.resolveSibling("aside");
        try {
            Files.move(inner, aside);
            Files.createSymbolicLink(inner, outside);
        } catch (IOException gone) {
            // It was removed first.
        }
    }

    private static void removeAsFarAsPossible(Path tree) {
        try {
            PrivateFiles.deleteTree(tree);
        } catch (UncheckedIOException disturbed) {
            // The next one removes the rest.
        }
    }

    @Test
    void the_lock_is_held_by_one_and_seen_by_all() {
        SandboxDir dir = create("blue");

        try (SupervisorLock _ = dir.tryLock().orElseThrow()) {
            assertThat(dir.tryLock()).isEmpty();
        }
        assertThat(dir.isSupervised()).isFalse();
    }

    @Test
    void what_another_command_has_removed_is_said_to_be_gone_and_does_not_come_back() {
        SandboxDir dir = create("blue");
        store.remove(dir);

        assertGone(dir::tryLock);
        assertGone(dir::spec);
        assertGone(() -> TaskStage.make(dir));
        assertThat(store.all()).isEmpty();
    }

    private static void assertGone(ThrowingCallable asking) {
        assertThatThrownBy(asking)
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.kind()).isEqualTo(UserError.Kind.NOT_FOUND));
    }

    @Test
    void places_follow_the_environment() {
        Places own = Places.from(Map.of("KEYSTONE_AGENT_HOME", "/srv/ka", "HOME", "/home/u"), 1000);
        Places xdg = Places.from(Map.of("XDG_STATE_HOME", "relative", "HOME", "/home/u"), 1000);

        assertThat(own.state()).isEqualTo(Path.of("/srv/ka/state"));
        assertThat(xdg.state()).isEqualTo(Path.of("/home/u/.local/state/keystone-agent"));
        assertThat(xdg.runtime()).isEqualTo(Path.of("/tmp/ka-1000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "me"})
    void nothing_is_kept_in_a_home_that_depends_on_the_current_directory(String home) {
        assertThatThrownBy(() -> Places.from(Map.of("HOME", home), 1000))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("HOME");
    }

    /// Root is let into everything, so a link to itself stands for a directory closed to us.
    @Test
    void what_cannot_be_looked_at_is_not_taken_for_empty() throws IOException {
        Files.createSymbolicLink(places.state(), places.state());

        assertThatThrownBy(store::all).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> store.find(new SandboxName("blue")))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> store.halfDone(Instant.now()))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void a_file_in_the_place_of_the_state_is_not_taken_for_no_sandbox() throws IOException {
        Files.writeString(places.state(), "");

        assertThatThrownBy(store::all).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void before_the_first_sandbox_there_is_none() {
        assertThat(store.all()).isEmpty();
        assertThat(store.find(new SandboxName("blue"))).isEmpty();
        assertThat(store.halfDone(Instant.now())).isEmpty();
    }

    @Test
    void nobody_is_told_to_destroy_what_only_cannot_be_read_now() throws IOException {
        SandboxDir dir = create("blue");
        Files.delete(dir.specFile());
        Files.createSymbolicLink(dir.specFile(), dir.specFile());

        assertThatThrownBy(dir::spec)
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains("cannot be read", "symbolic link");
                            assertThat(error.fix()).doesNotContain("destroy");
                        });
    }
}
