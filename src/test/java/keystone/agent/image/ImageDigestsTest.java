package keystone.agent.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import keystone.agent.model.Digest;
import keystone.agent.model.ImageRecipe;
import org.junit.jupiter.api.Test;

class ImageDigestsTest {
    private final Digest guest = GuestFiles.load().digest();
    private final byte[] lock = Samples.lock(Samples.locked("git", "2.39")).text().getBytes(UTF_8);
    private final Digest base = ImageDigests.base(lock, guest);

    @Test
    void the_same_inputs_give_the_same_digest() {
        assertThat(ImageDigests.base(lock.clone(), GuestFiles.load().digest())).isEqualTo(base);
    }

    @Test
    void another_version_of_a_package_gives_another_digest() {
        byte[] newer = Samples.lock(Samples.locked("git", "2.40")).text().getBytes(UTF_8);

        assertThat(ImageDigests.base(newer, guest)).isNotEqualTo(base);
    }

    @Test
    void every_guest_file_counts_with_its_content_mode_and_name() {
        var file = new GuestFiles.GuestFile("rootfs/etc/x", 0644, "one");
        Digest digest = new GuestFiles(List.of(file)).digest();

        assertThat(digest)
                .isNotEqualTo(of(new GuestFiles.GuestFile("rootfs/etc/x", 0644, "two")))
                .isNotEqualTo(of(new GuestFiles.GuestFile("rootfs/etc/x", 0755, "one")))
                .isNotEqualTo(of(new GuestFiles.GuestFile("rootfs/etc/y", 0644, "one")));
        assertThat(ImageDigests.base(lock, digest)).isNotEqualTo(base);
    }

    @Test
    void a_layer_depends_on_its_base_packages_and_setup() {
        Digest layer = layer(base, List.of("nodejs"), "make");

        assertThat(layer)
                .isEqualTo(layer(base, List.of("nodejs"), "make"))
                .isNotEqualTo(layer(Digest.of("other base"), List.of("nodejs"), "make"))
                .isNotEqualTo(layer(base, List.of("nodejs", "npm"), "make"))
                .isNotEqualTo(layer(base, List.of("nodejs"), "make all"));
    }

    @Test
    void a_layer_with_packages_depends_on_the_state_of_their_sources_and_one_without_does_not() {
        var packages = new ImageRecipe(List.of("nodejs"), "make");
        var script = new ImageRecipe(List.of(), "make");
        Optional<Digest> monday = Optional.of(Digest.of("on Monday"));
        Optional<Digest> tuesday = Optional.of(Digest.of("on Tuesday"));

        assertThat(ImageDigests.layer(base, packages, monday))
                .isEqualTo(ImageDigests.layer(base, packages, monday))
                .isNotEqualTo(ImageDigests.layer(base, packages, tuesday))
                .isNotEqualTo(ImageDigests.layer(base, packages, Optional.empty()));
        assertThat(ImageDigests.layer(base, script, monday))
                .isEqualTo(ImageDigests.layer(base, script, tuesday));
    }

    @Test
    void the_order_of_packages_does_not_matter() {
        assertThat(layer(base, List.of("npm", "nodejs"), "x"))
                .isEqualTo(layer(base, List.of("nodejs", "npm"), "x"));
    }

    private static Digest of(GuestFiles.GuestFile file) {
        return new GuestFiles(List.of(file)).digest();
    }

    private static Digest layer(Digest base, List<String> packages, String setup) {
        return ImageDigests.layer(base, new ImageRecipe(packages, setup), Optional.empty());
    }
}
