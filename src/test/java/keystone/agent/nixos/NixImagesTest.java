package keystone.agent.nixos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import keystone.agent.devshell.NixWorld;
import keystone.agent.model.BuildId;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Digest;
import keystone.agent.model.NixRecipe;
import keystone.agent.model.Resources;
import keystone.agent.model.Runner;
import keystone.agent.model.UserError;
import keystone.agent.nixos.NixImages.Reuse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Builds by the real nix. What goes wrong here in other programs is that an old guest is taken for
/// a new one.
final class NixImagesTest {
    private static final Resources RESOURCES =
            new Resources(ByteSize.ofGib(1), 2, ByteSize.ofGib(20));

    @TempDir Path directory;
    private NixInputs inputs;
    private NixWorld world;
    private NixImages images;
    private Path place;

    @BeforeEach
    void make() throws IOException {
        world = NixWorld.in(directory);
        inputs = NixInputs.in(world.root().resolve("inputs"));
        images = new NixImages(world.root().resolve("kept"), world.environment());
        place = world.root().resolve("a place #1, 100% ?");
    }

    private Runner build(Digest image, BuildId id, Reuse reuse) throws InterruptedException {
        return images.build(new NixImages.Ask(image, id, RESOURCES, Map.of()), place, reuse);
    }

    private static String config(Runner runner) throws IOException {
        return Files.readString(runner.program().resolveSibling("../config.json").normalize());
    }

    private static String script(Runner runner) throws IOException {
        return Files.readString(runner.program());
    }

    @Test
    void the_guest_is_what_the_host_relies_on() throws Exception {
        Digest image = images.keep(inputs.recipe());
        BuildId id = BuildId.create(image);

        Runner runner = build(image, id, Reuse.NOTHING);

        assertThat(runner.store()).isEqualTo(world.store());
        assertThat(config(runner))
                .contains("\"buildId\":\"" + id + "\\n\"")
                .contains("\"keystone.build=" + id + "\"")
                .contains("\"mem\":1024,", "\"vcpu\":2}")
                .contains("\"hypervisor\":\"qemu\"", "\"machine\":\"q35\"", "\"cpu\":\"max\"")
                .contains("\"socket\":null", "\"qemu\":\"qemu_kvm\"")
                .contains("\"readOnly\":true", "\"source\":\"" + world.store() + "\"")
                .contains("\"uid\":1000", "\"hashedPassword\":\"!\"");
    }

    /// Root causes one and four: identical text, and nothing in it that changes.
    @Test
    void a_new_disk_gets_a_new_guest_though_the_text_is_identical() throws Exception {
        Digest image = images.keep(inputs.recipe());
        BuildId first = BuildId.create(image);
        Runner before = build(image, first, Reuse.NOTHING);
        assertThat(images.keep(inputs.recipe())).isEqualTo(image);
        BuildId second = BuildId.create(image);

        Runner after = build(image, second, Reuse.NOTHING);

        assertThat(after.program()).isNotEqualTo(before.program());
        assertThat(config(after)).contains(second.value()).doesNotContain(first.value());
    }

    /// Root cause two.
    @Test
    void a_new_disk_forgets_the_lock_and_a_kept_one_keeps_it() throws Exception {
        Digest image = images.keep(inputs.recipe());
        BuildId id = BuildId.create(image);
        Runner first = build(image, id, Reuse.NOTHING);
        Path lock = place.resolve("flake/flake.lock");
        String locked = Files.readString(lock);
        inputs.revise(2);

        assertThat(build(image, id, Reuse.AS_IT_IS)).isEqualTo(first);
        // As after a collection of garbage: the same guest again, which the lock is for.
        Files.delete(place.resolve("runner"));
        assertThat(build(image, id, Reuse.AS_IT_IS)).isEqualTo(first);
        assertThat(lock).content().isEqualTo(locked);

        Runner renewed = build(image, id, Reuse.NOTHING);

        assertThat(script(renewed)).contains("-name stub2 ");
        assertThat(lock).content().isNotEqualTo(locked);
    }

    /// Root cause three: the cache knows this very flake.
    @Test
    void a_warm_evaluation_cache_changes_nothing() throws Exception {
        Digest image = images.keep(inputs.recipe());
        BuildId first = BuildId.create(image);
        build(image, first, Reuse.NOTHING);
        world.run(place.resolve("flake"), "nix", "build", "--no-link", "path:.#default");
        assertThat(directory.toRealPath().resolve("cache/nix")).isDirectory();
        BuildId second = BuildId.create(image);

        Runner after = build(image, second, Reuse.NOTHING);

        assertThat(config(after)).contains(second.value()).doesNotContain(first.value());
    }

    @Test
    void a_kept_disk_gets_its_guest_without_asking_nix() throws Exception {
        Digest image = images.keep(inputs.recipe());
        BuildId id = BuildId.create(image);
        Runner first = build(image, id, Reuse.NOTHING);
        Files.delete(place.resolve("build.log"));

        Runner again = build(image, id, Reuse.AS_IT_IS);

        assertThat(again).isEqualTo(first);
        assertThat(place.resolve("build.log")).doesNotExist();
    }

    @Test
    void an_old_runner_is_never_what_a_failed_build_leaves() throws Exception {
        Digest image = images.keep(inputs.recipe());
        build(image, BuildId.create(image), Reuse.NOTHING);
        Path module = Files.writeString(directory.resolve("bad.nix"), "{ greeting = oops; }");
        Digest bad = images.keep(inputs.recipe(module));

        assertThatThrownBy(() -> build(bad, BuildId.create(bad), Reuse.AS_IT_IS))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains(place.resolve("build.log") + "");
                            assertThat(error.fix()).contains("agent.toml");
                            assertThat(error.quoted())
                                    .hasSizeBetween(1, 6)
                                    .first()
                                    .asString()
                                    .contains("undefined variable 'oops'");
                        });
        assertThat(place.resolve("build.log")).content().contains("undefined variable 'oops'");
        assertThat(place.resolve("runner")).doesNotExist();
    }

    @Test
    void modules_of_the_user_are_as_they_were_when_they_were_kept() throws Exception {
        Path module = Files.writeString(directory.resolve("own.nix"), "{ greeting = \"hello\"; }");
        Digest image = images.keep(inputs.recipe(module));
        Files.writeString(module, "{ greeting = \"changed\"; }");

        Runner runner = build(image, BuildId.create(image), Reuse.NOTHING);

        assertThat(config(runner)).contains("\"greeting\":\"hello\"");
        assertThat(images.keep(inputs.recipe(module))).isNotEqualTo(image);
    }

    @Test
    void what_is_asked_for_again_is_not_unused() throws Exception {
        Digest image = images.keep(inputs.recipe());
        Path kept = world.root().resolve("kept").resolve(image.hex());
        Instant later = Instant.now().plus(Duration.ofDays(1));
        assertThat(images.unused(Set.of(), later)).containsExactly(kept);
        assertThat(images.unused(Set.of(image), later)).isEmpty();

        Files.setLastModifiedTime(kept, FileTime.fromMillis(0));
        images.keep(inputs.recipe());

        assertThat(images.unused(Set.of(), Instant.now())).isEmpty();
        images.forget(kept);
        assertThat(images.has(image)).isFalse();
    }

    @Test
    void an_input_cannot_be_a_program_of_nix() {
        assertThatThrownBy(() -> new NixRecipe("a\"; b = ${c}", NixRecipe.MICROVM, List.of()))
                .hasMessageContaining("cannot be a flake reference");
    }

    @Test
    void of_two_that_keep_the_same_flake_both_have_it() throws Exception {
        GuestFlake flake = GuestFlake.of(inputs.recipe());
        Path kept = world.root().resolve("twice");

        flake.keep(kept, flake.digest());
        flake.keep(kept, flake.digest());

        try (Stream<Path> all = Files.list(kept)) {
            assertThat(all).containsExactly(kept.resolve(flake.digest().hex()));
        }
    }
}
