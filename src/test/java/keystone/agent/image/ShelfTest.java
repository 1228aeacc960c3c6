package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.model.Digest;
import keystone.agent.model.Image;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShelfTest {
    @TempDir Path directory;
    private Shelf shelf;
    private final Digest digest = Digest.of("an image");

    @BeforeEach
    void open() {
        shelf = new Shelf(directory, Shelf.Machines.OF_OUR_OWN);
    }

    @Test
    void a_published_image_is_found_with_its_files() throws IOException {
        StoredImage stored = Samples.publish(shelf, digest, null, "git 2.39");

        Image image = shelf.bootable(stored).orElseThrow();

        assertThat(stored.packages()).containsExactly("git 2.39");
        assertThat(stored.bytes()).isPositive();
        assertThat(image.layers()).containsExactly(shelf.place(digest).resolve("base.squashfs"));
        assertThat(image.kernel()).exists();
        assertThat(image.initrd()).exists();
    }

    @Test
    void an_image_is_private() throws IOException {
        Samples.publish(shelf, digest, null);

        assertThat(modesIn(shelf.place(digest))).containsOnly("rwx------", "rw-------");
    }

    @Test
    void the_machines_of_other_owners_may_read_what_they_boot_and_nothing_else()
            throws IOException {
        shelf = new Shelf(directory, Shelf.Machines.OF_ANY_OWNER);
        Samples.publish(shelf, digest, null);
        Digest layer = Digest.of("a layer");
        Samples.publish(shelf, layer, digest);

        Path base = shelf.place(digest);
        assertThat(modeOf(base)).isEqualTo("rwx------");
        assertThat(modeOf(base.resolve("vmlinux"))).isEqualTo("rw-r--r--");
        assertThat(modeOf(base.resolve("initrd.cpio"))).isEqualTo("rw-r--r--");
        assertThat(modeOf(base.resolve("base.squashfs"))).isEqualTo("rw-r--r--");
        assertThat(modeOf(base.resolve("manifest.json"))).isEqualTo("rw-------");
        assertThat(modeOf(base.resolve("dpkg-status"))).isEqualTo("rw-------");
        assertThat(modeOf(shelf.place(layer).resolve("layer.squashfs"))).isEqualTo("rw-r--r--");
    }

    /// Whatever packs what a guest sends can make more than a file.
    @Test
    void a_link_is_no_file_of_an_image() throws IOException {
        shelf = new Shelf(directory.resolve("images"), Shelf.Machines.OF_ANY_OWNER);
        Path files = Files.createDirectories(shelf.directory().resolve(".building-x/image"));
        Path secret = Files.writeString(directory.resolve("secret"), "secret");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(files.resolve("layer.squashfs"), secret);
        var stored =
                new StoredImage(digest, digest, null, Samples.EPOCH, "6.1", 0, List.of(), null);

        assertThatThrownBy(() -> shelf.publish(files, stored)).hasMessageContaining("is none");

        assertThat(modeOf(secret)).isEqualTo("rw-------");
        assertThat(shelf.find(digest)).isEmpty();
    }

    @Test
    void a_projects_layer_boots_over_the_agents_and_these_over_the_base() throws IOException {
        Digest agents = Digest.of("agents");
        Digest own = Digest.of("a project's own");
        Samples.publish(shelf, digest, null);
        Samples.publishAgents(shelf, agents, digest);

        Image image = shelf.bootable(Samples.publish(shelf, own, agents)).orElseThrow();

        assertThat(image.layers())
                .containsExactly(
                        shelf.place(digest).resolve("base.squashfs"),
                        shelf.place(agents).resolve("layer.squashfs"),
                        shelf.place(own).resolve("layer.squashfs"));
    }

    @Test
    void layers_in_another_order_do_not_boot() throws IOException {
        Digest own = Digest.of("a project's own");
        Samples.publish(shelf, digest, null);
        Samples.publish(shelf, own, digest);

        StoredImage agents = Samples.publishAgents(shelf, Digest.of("agents"), own);

        assertThat(shelf.bootable(agents)).isEmpty();
    }

    @Test
    void a_layer_boots_over_its_base() throws IOException {
        Samples.publish(shelf, digest, null);
        Digest layer = Digest.of("a layer");

        Image image = shelf.bootable(Samples.publish(shelf, layer, digest)).orElseThrow();

        assertThat(image.digest()).isEqualTo(layer);
        assertThat(image.layers())
                .containsExactly(
                        shelf.place(digest).resolve("base.squashfs"),
                        shelf.place(layer).resolve("layer.squashfs"));
    }

    @Test
    void a_layer_whose_base_is_gone_does_not_boot() throws IOException {
        Samples.publish(shelf, digest, null);
        StoredImage layer = Samples.publish(shelf, Digest.of("a layer"), digest);

        shelf.remove(digest);

        assertThat(shelf.bootable(layer)).isEmpty();
    }

    @Test
    void a_layer_that_names_a_layer_or_itself_as_its_base_does_not_boot() throws IOException {
        StoredImage itself = Samples.publish(shelf, digest, digest);

        assertThat(shelf.bootable(itself)).isEmpty();
    }

    @Test
    void a_file_that_lost_its_end_makes_the_image_no_image() throws IOException {
        Samples.publish(shelf, digest, null);

        Files.writeString(shelf.place(digest).resolve("base.squashfs"), "short");

        assertThat(shelf.find(digest)).isEmpty();
        assertThat(shelf.all()).isEmpty();
    }

    @Test
    void a_file_that_is_a_link_makes_the_image_no_image() throws IOException {
        Samples.publish(shelf, digest, null);
        Path kernel = shelf.place(digest).resolve("vmlinux");
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(kernel, elsewhere);

        Files.createSymbolicLink(kernel, elsewhere);

        assertThat(shelf.find(digest)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "base.squashfs, ../../../etc/passwd",
        "'\"base\": null', '\"base\": \"../..\"'",
        "'\"format\": 1', '\"format\": 99'",
        "'\"packages\": [', '\"packages\": [ 7,'",
        "'\"built\": ', '\"built\": 9999999999999999'",
        "'{', '{{'",
        "'\"digest\": \"', '\"digest\": \"0'",
    })
    void a_manifest_that_says_something_impossible_makes_the_image_no_image(
            String part, String replacement) throws IOException {
        Samples.publish(shelf, digest, null, "git 2.39");
        Path manifest = shelf.place(digest).resolve("manifest.json");
        String text = Files.readString(manifest);

        Files.writeString(manifest, text.replace(part, replacement));

        assertThat(text).contains(part);
        assertThat(shelf.find(digest)).isEmpty();
    }

    @Test
    void an_image_under_another_ones_name_is_no_image() throws IOException {
        Samples.publish(shelf, digest, null);

        Files.move(shelf.place(digest), shelf.place(Digest.of("another")));

        assertThat(shelf.all()).isEmpty();
    }

    @Test
    void publishing_replaces_what_is_broken() throws IOException {
        Files.createDirectories(shelf.place(digest));
        Files.writeString(shelf.place(digest).resolve("base.squashfs"), "half of it");

        Samples.publish(shelf, digest, null);

        assertThat(shelf.find(digest)).isPresent();
        assertThat(shelf.leftovers()).isEmpty();
    }

    @Test
    void what_is_not_finished_is_no_image() throws IOException {
        Files.writeString(shelf.begin().resolve("manifest.json"), "{}");

        assertThat(shelf.all()).isEmpty();
        assertThat(shelf.leftovers()).hasSize(1);
    }

    @Test
    void where_nothing_was_ever_built_there_are_no_images() {
        assertThat(new Shelf(directory.resolve("none"), Shelf.Machines.OF_OUR_OWN).all()).isEmpty();
    }

    private static List<String> modesIn(Path place) throws IOException {
        var modes = new ArrayList<>(List.of(modeOf(place)));
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.toList()) {
                modes.add(modeOf(file));
            }
        }
        return modes;
    }

    private static String modeOf(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
