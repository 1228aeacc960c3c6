package keystone.agent.image;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Digest;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalTest {
    @TempDir Path directory;
    private Shelf shelf;
    private Removal removal;
    private final Digest base = Digest.of("base");
    private final Digest layer = Digest.of("layer");
    private final Digest old = Digest.of("old base");

    @BeforeEach
    void fill() throws IOException {
        shelf = new Shelf(directory, Shelf.Machines.OF_OUR_OWN);
        removal = new Removal(shelf);
        Samples.publish(shelf, base, null);
        Samples.publish(shelf, layer, base);
        Samples.publish(shelf, old, null);
    }

    @Test
    void an_image_is_meant_by_the_first_digits_of_its_digest() {
        assertThat(removal.one(base.brief()).digest()).isEqualTo(base);
    }

    @Test
    void digits_that_mean_no_image_are_refused() {
        assertProblem(() -> removal.one("0123456789"), UserError.Kind.NOT_FOUND, "no image");
        assertProblem(() -> removal.one("../x\u001b[2J"), UserError.Kind.NOT_FOUND, "../x?[2J");
    }

    @Test
    void digits_that_mean_several_images_are_refused() throws IOException {
        // Among 17 digests, two begin with the same of 16 digits.
        for (int i = 0; i < 17; i++) {
            Samples.publish(shelf, Digest.of("image " + i), null);
        }
        String shared =
                shelf.all().stream()
                        .collect(groupingBy(each -> each.digest().hex().substring(0, 1)))
                        .entrySet()
                        .stream()
                        .filter(each -> each.getValue().size() > 1)
                        .findFirst()
                        .orElseThrow()
                        .getKey();

        assertProblem(() -> removal.one(shared), UserError.Kind.USAGE, "begin with `" + shared);
    }

    @Test
    void an_image_in_use_stays_and_its_users_are_named() {
        Map<Digest, List<String>> users = Map.of(base, List.of("blue", "red"));

        assertProblem(
                () -> removal.remove(base.brief(), users),
                UserError.Kind.WRONG_STATE,
                "in use by blue, red");
        assertThat(shelf.find(base)).isPresent();
    }

    @Test
    void the_base_of_a_layer_in_use_stays() {
        Map<Digest, List<String>> users = Map.of(layer, List.of("blue"));

        assertProblem(
                () -> removal.remove(base.brief(), users),
                UserError.Kind.WRONG_STATE,
                "in use by blue");
    }

    @Test
    void who_uses_a_layer_uses_everything_below_it() throws IOException {
        Digest agents = Digest.of("agents");
        Digest own = Digest.of("over the agents");
        Samples.publishAgents(shelf, agents, base);
        Samples.publish(shelf, own, agents);

        removal.removeUnused(Map.of(own, List.of("blue")), List.of());

        assertThat(shelf.all())
                .extracting(StoredImage::digest)
                .containsExactlyInAnyOrder(base, agents, own);
        assertProblem(
                () -> removal.remove(base.brief(), Map.of(own, List.of("blue"))),
                UserError.Kind.WRONG_STATE,
                "in use by blue");
    }

    @Test
    void layers_go_with_what_they_lie_on() throws IOException {
        Digest agents = Digest.of("agents");
        Samples.publishAgents(shelf, agents, base);
        Samples.publish(shelf, Digest.of("over the agents"), agents);

        removal.remove(agents.brief(), Map.of());

        assertThat(shelf.all())
                .extracting(StoredImage::digest)
                .containsExactlyInAnyOrder(base, layer, old);
    }

    @Test
    void layers_go_with_their_base() throws IOException {
        removal.remove(base.brief(), Map.of());

        assertThat(shelf.all()).extracting(StoredImage::digest).containsExactly(old);
    }

    @Test
    void unused_images_go_but_not_the_one_that_the_next_start_needs() throws IOException {
        List<StoredImage> removed = removal.removeUnused(Map.of(), List.of(base));

        assertThat(removed).extracting(StoredImage::digest).containsExactlyInAnyOrder(layer, old);
        assertThat(shelf.all()).extracting(StoredImage::digest).containsExactly(base);
    }

    @Test
    void who_uses_a_layer_keeps_the_layer_and_its_base() throws IOException {
        removal.removeUnused(Map.of(layer, List.of("blue")), List.of());

        assertThat(shelf.all())
                .extracting(StoredImage::digest)
                .containsExactlyInAnyOrder(base, layer);
    }

    private interface Action {
        Object run() throws IOException;
    }

    private static void assertProblem(Action action, UserError.Kind kind, String words) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.kind()).isEqualTo(kind);
                            assertThat(error.problem()).contains(words);
                            assertThat(error.fix()).isNotNull();
                        });
    }
}
