package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Digest;
import keystone.agent.model.Progress;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the real apt, which also fetches from directories.
class PackageCacheTest {
    @TempDir Path temporary;
    private PackageCache cache;
    private Apt apt;

    @BeforeEach
    void open() throws Exception {
        cache = new PackageCache(temporary.resolve("cache"));
        apt = Apt.in(temporary.resolve("apt"), List.of(Samples.source()), "");
    }

    @Test
    void what_is_missing_is_fetched_once() throws Exception {
        LockedPackage git = onTheMirror("git", "the real git");
        ensure(git);
        Files.delete(temporary.resolve("git.deb"));

        ensure(git);

        assertThat(cache.file(git)).hasContent("the real git");
    }

    @Test
    void what_was_damaged_is_fetched_again() throws Exception {
        LockedPackage git = onTheMirror("git", "the real git");
        ensure(git);
        Files.writeString(cache.file(git), "the fake git");

        ensure(git);

        assertThat(cache.file(git)).hasContent("the real git");
    }

    @Test
    void what_is_not_what_the_lock_says_is_refused() throws Exception {
        LockedPackage git = onTheMirror("git", "the real git");
        Files.writeString(temporary.resolve("git.deb"), "the fake git");

        assertThatThrownBy(() -> ensure(git))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.fix()).contains("image build --update"));
        assertThat(cache.file(git)).doesNotExist();
    }

    @Test
    void what_the_mirror_lost_is_an_error_that_names_it() throws Exception {
        LockedPackage git = onTheMirror("git", "the real git");
        Files.delete(temporary.resolve("git.deb"));

        assertThatThrownBy(() -> ensure(git))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.problem()).contains("git.deb"));
    }

    @Test
    void progress_tells_how_many_are_downloaded() throws Exception {
        var steps = new ArrayList<String>();

        cache.ensure(
                List.of(onTheMirror("git", "git"), onTheMirror("jq", "jq")),
                apt,
                temporary.resolve("work"),
                (step, _) -> steps.add(step));

        assertThat(steps).contains("downloading 2 packages");
    }

    @Test
    void what_is_not_needed_any_more_goes() throws Exception {
        LockedPackage git = onTheMirror("git", "git");
        LockedPackage jq = onTheMirror("jq", "jq");
        ensure(git);
        ensure(jq);

        cache.removeExcept(List.of(jq));

        assertThat(cache.file(git)).doesNotExist();
        assertThat(cache.file(jq)).exists();
    }

    private void ensure(LockedPackage wanted) throws IOException, InterruptedException {
        cache.ensure(List.of(wanted), apt, temporary.resolve("work"), Progress.SILENT);
    }

    private LockedPackage onTheMirror(String name, String content) throws IOException {
        Path file = Files.writeString(temporary.resolve(name + ".deb"), content);
        return new LockedPackage(
                name, "1", "amd64", Digest.of(content), content.length(), "copy:" + file);
    }
}
