package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import keystone.agent.model.Check;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.Progress;
import keystone.agent.model.UserError;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The door, over images whose files are names only; layers are packed by the real tools.
class ImagesTest {
    private static final ImageRecipe RECIPE = new ImageRecipe(List.of(), "touch /opt/made");
    private static final ImageRecipe WITH_PACKAGES = new ImageRecipe(List.of("bc"), null);

    @TempDir Path temporary;
    private Path directory;
    private Path lockFile;
    private Shelf shelf;
    private Images images;

    /// What the package sources have.
    private ImageLock newest = Samples.lock(Samples.locked("git", "2.39"));
    private Digest indexes = Digest.of("on Monday");

    @BeforeEach
    void open() throws IOException {
        directory = Files.createDirectory(temporary.resolve("images"));
        lockFile = temporary.resolve("image.lock");
        shelf = new Shelf(directory, Shelf.Machines.OF_OUR_OWN);
        images =
                new Images(
                        directory,
                        lockFile,
                        InstantSource.fixed(Samples.EPOCH),
                        (_, _) -> new Versions(newest, Optional.of(indexes)));
    }

    @Test
    void without_a_lock_there_is_no_image() {
        assertThat(images.find()).isEmpty();
        assertThat(images.find(RECIPE)).isEmpty();
    }

    @Test
    void an_image_is_found_by_its_lock_and_no_longer_when_the_lock_changes() throws IOException {
        haveBase("git", "2.39");

        assertThat(images.find()).isPresent();

        Samples.lock(Samples.locked("git", "2.40")).write(lockFile);
        assertThat(images.find()).isEmpty();
    }

    @Test
    void an_image_that_is_here_is_not_built_again() throws Exception {
        Image base = haveBase("git", "2.39");

        assertThat(images.build(BuildMode.LOCKED, Progress.SILENT)).isEqualTo(base);
    }

    @Test
    void an_update_that_fails_leaves_the_image_that_is_here() throws Exception {
        Image base = haveBase("git", "2.39");
        String lock = Files.readString(lockFile);
        newest = Samples.lock(tooLarge("git", "2.40"));

        assertThatThrownBy(() -> images.build(BuildMode.UPDATE, Progress.SILENT))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.problem()).contains("MB left"));
        assertThat(images.find()).contains(base);
        assertThat(images.removeUnused(Map::of)).isEmpty();
        assertThat(lockFile).hasContent(lock);
    }

    @Test
    void an_update_with_nothing_new_builds_nothing() throws Exception {
        Image base = haveBase("git", "2.39");
        newest = Samples.lock(Samples.locked("git", "2.39"));

        assertThat(images.build(BuildMode.UPDATE, Progress.SILENT)).isEqualTo(base);
    }

    @Test
    void an_image_that_was_published_when_its_build_was_killed_is_taken_by_the_next_update()
            throws Exception {
        Image old = haveBase("git", "2.39");
        newest = Samples.lock(Samples.locked("git", "2.40"));
        publishBase(newest, "git 2.40");
        assertThat(images.find()).contains(old);

        Image updated = images.build(BuildMode.UPDATE, Progress.SILENT);

        assertThat(updated).isNotEqualTo(old);
        assertThat(images.find()).contains(updated);
    }

    @Test
    void an_update_with_newer_package_sources_keeps_the_base_and_makes_layers_anew()
            throws Exception {
        Image base = haveBase("git", "2.39");
        images.build(BuildMode.UPDATE, Progress.SILENT);
        publishLayer(base);
        assertThat(images.find(WITH_PACKAGES)).isPresent();

        images.build(BuildMode.UPDATE, Progress.SILENT);
        assertThat(images.find(WITH_PACKAGES)).isPresent();

        indexes = Digest.of("on Tuesday");
        images.build(BuildMode.UPDATE, Progress.SILENT);
        assertThat(images.find(WITH_PACKAGES)).isEmpty();
        assertThat(images.find()).contains(base);
    }

    @Test
    void an_update_that_fails_leaves_layers_as_they_are() throws Exception {
        Image base = haveBase("git", "2.39");
        publishLayer(base);
        newest = Samples.lock(tooLarge("git", "2.40"));

        assertThatThrownBy(() -> images.build(BuildMode.UPDATE, Progress.SILENT))
                .isInstanceOf(UserError.class);
        assertThat(images.find(WITH_PACKAGES)).isPresent();
    }

    @Test
    void a_layer_without_a_base_is_refused_with_what_to_do() {
        assertThatThrownBy(() -> images.build(RECIPE, new FakeGuests(), Progress.SILENT))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.fix()).isEqualTo("keystone-agent image build"));
    }

    @Test
    void a_layer_is_what_the_guest_sent() throws Exception {
        Image base = haveBase("git", "2.39");
        var guests = new FakeGuests();

        Image image = images.build(RECIPE, guests, Progress.SILENT);

        assertThat(image.layers()).hasSize(2).first().isEqualTo(base.layers().getFirst());
        assertThat(images.find(RECIPE)).contains(image);
        assertThat(guests.commands)
                .extracting(command -> command.getLast().replaceFirst(".*/", ""))
                .containsExactly("ks-disk", "setup", "pack");
        assertThat(guests.closed.get()).isEqualTo(1);
    }

    @Test
    void two_builds_of_one_layer_boot_one_guest() throws Exception {
        haveBase("git", "2.39");
        var guests = new FakeGuests();
        Callable<Image> build = () -> images.build(RECIPE, guests, Progress.SILENT);

        try (var threads = Executors.newFixedThreadPool(2)) {
            Future<Image> first = threads.submit(build);
            Future<Image> second = threads.submit(build);

            assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(second.get(60, TimeUnit.SECONDS));
        }
        assertThat(guests.booted.get()).isEqualTo(1);
    }

    @Test
    void a_setup_that_fails_leaves_no_layer_and_shows_what_it_said() throws Exception {
        haveBase("git", "2.39");
        var guests = new FakeGuests();
        guests.failing = "setup";

        assertThatThrownBy(() -> images.build(RECIPE, guests, Progress.SILENT))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem())
                                    .endsWith("`setup` script failed with status 3");
                            assertThat(error.quoted()).containsExactly("no such thing\u001b[31m");
                        });
        assertThat(images.find(RECIPE)).isEmpty();
        assertThat(guests.closed.get()).isEqualTo(1);
        assertThat(shelf.leftovers()).isEmpty();
    }

    @Test
    void a_guest_that_dies_while_packing_leaves_no_layer() throws Exception {
        haveBase("git", "2.39");
        var guests = new FakeGuests();
        guests.failing = "pack";

        assertThatThrownBy(() -> images.build(RECIPE, guests, Progress.SILENT))
                .isInstanceOf(UserError.class);
        assertThat(images.find(RECIPE)).isEmpty();
        assertThat(shelf.leftovers()).isEmpty();
    }

    @Test
    void a_guest_that_goes_away_while_packing_says_why() throws Exception {
        haveBase("git", "2.39");
        var guests = new FakeGuests();
        guests.failing = "gone";

        assertThatThrownBy(() -> images.build(RECIPE, guests, Progress.SILENT))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.problem()).isEqualTo("the guest is gone"));
    }

    @Test
    void an_interrupted_build_leaves_no_layer() throws Exception {
        haveBase("git", "2.39");
        var guests = new FakeGuests();
        guests.failing = "interrupt";

        assertThatThrownBy(() -> images.build(RECIPE, guests, Progress.SILENT))
                .isInstanceOf(InterruptedException.class);
        assertThat(images.find(RECIPE)).isEmpty();
        assertThat(shelf.leftovers()).isEmpty();
    }

    @Test
    void what_killed_builds_have_left_goes_with_the_next_one() throws Exception {
        haveBase("git", "2.39");
        Path leftover = shelf.begin();
        Files.createDirectories(leftover.resolve("tmp/root/etc"));
        Files.createSymbolicLink(leftover.resolve("tmp/link"), lockFile);

        images.build(BuildMode.LOCKED, Progress.SILENT);

        assertThat(shelf.leftovers()).isEmpty();
        assertThat(lockFile).exists();
    }

    @Test
    void an_image_in_use_is_not_removed() throws Exception {
        Image base = haveBase("git", "2.39");

        assertThatThrownBy(
                        () ->
                                images.remove(
                                        base.digest().brief(),
                                        () -> Map.of(base.digest(), List.of("blue"))))
                .isInstanceOf(UserError.class);
        assertThat(images.remove(base.digest().brief(), Map::of).digest()).isEqualTo(base.digest());
        assertThat(images.list()).isEmpty();
    }

    @Test
    void the_hint_looks_at_base_and_layer_and_trusts_a_setup() throws Exception {
        Image base = haveBase("git", "2.39");
        Path project = Files.createDirectory(temporary.resolve("project"));
        Files.createFile(project.resolve("go.mod"));

        assertThat(images.toolchainHint(project, base)).isPresent();

        Image withSetup = images.build(RECIPE, new FakeGuests(), Progress.SILENT);
        assertThat(images.toolchainHint(project, withSetup)).isEmpty();
    }

    @Test
    void what_building_needs_is_checked_with_fixes() throws Exception {
        assertThat(images.checks()).extracting(check -> check.name()).contains("package sources");
        assertThat(HostTools.tools(_ -> true))
                .containsExactly(Check.passed("image tools", "all installed"));
        assertThat(HostTools.tools(program -> !program.equals("mksquashfs")))
                .extracting(Check::fix)
                .containsExactly("sudo apt-get install -y squashfs-tools");
        assertThat(HostTools.tools(_ -> false))
                .extracting(Check::name)
                .contains("mmdebstrap", "squashfs-tools");
    }

    private Image haveBase(String name, String version) throws IOException {
        ImageLock lock = Samples.lock(Samples.locked(name, version));
        lock.write(lockFile);
        publishBase(lock, name + " " + version);
        return images.find().orElseThrow();
    }

    private void publishLayer(Image base) throws IOException {
        Digest layer = ImageDigests.layer(base.digest(), WITH_PACKAGES, Versions.indexes(lockFile));
        Samples.publish(shelf, layer, base.digest(), "bc 1.07");
    }

    private void publishBase(ImageLock lock, String label) throws IOException {
        Samples.publish(
                shelf, ImageDigests.base(lock.bytes(), GuestFiles.recordedDigest()), null, label);
    }

    /// No disk has room for an image of them.
    private static LockedPackage[] tooLarge(String name, String version) {
        LockedPackage real = Samples.locked(name, version);
        var large =
                new LockedPackage(
                        name, version, "amd64", real.sha256(), (1L << 32) - 1, real.uri());
        return Collections.nCopies(1000, large).toArray(LockedPackage[]::new);
    }

    /// Guests that do what they are told, and send an archive with one file as their layer.
    private static final class FakeGuests implements LayerGuests {
        final AtomicInteger booted = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        final List<List<String>> commands = new java.util.concurrent.CopyOnWriteArrayList<>();
        final CountDownLatch never = new CountDownLatch(1);
        volatile String failing = "";

        @Override
        public LayerGuest boot(Image base, Path directory, Progress progress) {
            booted.incrementAndGet();
            return new FakeGuest(this);
        }
    }

    private record FakeGuest(FakeGuests guests) implements LayerGuest {
        @Override
        public int run(
                List<String> command, InputStream input, OutputStream output, OutputStream errors)
                throws IOException, InterruptedException {
            guests.commands.add(command);
            input.transferTo(OutputStream.nullOutputStream());
            String last = command.getLast();
            if (guests.failing.equals("interrupt")) {
                Thread.currentThread().interrupt();
                guests.never.await();
            }
            if (last.endsWith("pack")) {
                if (guests.failing.equals("gone")) {
                    throw UserError.failed("the guest is gone", "start it");
                }
                pack(output);
            }
            if (!guests.failing.isEmpty() && last.endsWith(guests.failing)) {
                errors.write("no such thing\u001b[31m\n".getBytes(StandardCharsets.UTF_8));
                return 3;
            }
            return 0;
        }

        private static void pack(OutputStream output) throws IOException {
            var tar = new TarArchiveOutputStream(output);
            var entry = new TarArchiveEntry("./opt/made");
            entry.setSize(0);
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
            tar.finish();
        }

        @Override
        public void close() {
            guests.closed.incrementAndGet();
        }
    }
}
