package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import keystone.agent.model.Review;
import keystone.agent.model.Review.Change;
import keystone.agent.model.Review.Concern;
import keystone.agent.model.Review.Kind;
import keystone.agent.process.RawPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What a guest does in the directories beside its project.
class ReviewMountsTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private Path project;
    private Path data;
    private Path inventories;

    @BeforeEach
    void a_project_and_a_directory_beside_it() throws Exception {
        project = Files.createDirectory(top.toRealPath().resolve("project"));
        data = Files.createDirectory(top.toRealPath().resolve("data"));
        inventories = Files.createDirectory(top.toRealPath().resolve("sandbox"));
        Files.writeString(project.resolve("README"), "hello");
        Files.writeString(data.resolve("set"), "1 2 3");
    }

    private Reviewer reviewer(Path... mounts) {
        return new Reviewer(
                project,
                List.of(mounts),
                inventories.resolve("inventory"),
                Clock.systemUTC(),
                Reviewer.Reach.ALL);
    }

    private static void setuid(Path file) throws IOException {
        Files.writeString(file, "#!/bin/sh\n");
        Files.setAttribute(file, "unix:mode", 0104755);
    }

    private static List<String> concerns(Review review) {
        return review.concerns().stream().map(ReviewMountsTest::words).toList();
    }

    private static String words(Concern concern) {
        return concern.danger().word() + " " + concern.change().path();
    }

    private static List<String> paths(Review review) {
        return review.changes().stream().map(Change::path).toList();
    }

    @Test
    void what_is_obeyed_in_a_mount_is_told_by_its_whole_path() throws Exception {
        Reviewer reviewer = reviewer(data);
        reviewer.begin();
        Files.writeString(project.resolve("Makefile"), "all:\n");
        Files.writeString(data.resolve("set"), "1 2 3 4");
        setuid(data.resolve("tool"));
        Files.createSymbolicLink(data.resolve("out"), project.resolve("README"));
        Files.createDirectories(data.resolve(".git/hooks"));
        Files.createDirectories(data.resolve("lib/.git"));

        Review review = reviewer.look();

        assertThat(concerns(review))
                .containsExactly(
                        "git " + data + "/.git",
                        "repository " + data + "/lib/.git",
                        "build Makefile",
                        "setuid " + data + "/tool",
                        "link " + data + "/out");
        assertThat(paths(review)).contains("Makefile", data + "/set");
    }

    @Test
    void a_mount_that_comes_later_is_looked_at_from_then_on() throws Exception {
        reviewer().begin();
        setuid(data.resolve("before"));
        Reviewer reviewer = reviewer(data);
        reviewer.begin();
        setuid(data.resolve("after"));

        assertThat(concerns(reviewer.look())).containsExactly("setuid " + data + "/after");
    }

    @Test
    void a_mount_that_is_given_up_is_told_until_it_was_seen() throws Exception {
        reviewer(data).begin();
        setuid(data.resolve("tool"));
        Reviewer without = reviewer();
        without.begin();

        without.review(review -> assertThat(concerns(review)).hasSize(1));

        Files.writeString(data.resolve("Makefile"), "all:\n");
        assertThat(paths(without.look())).isEmpty();
        assertThat(concerns(without.lookAgain()))
                .containsExactly("build " + data + "/Makefile", "setuid " + data + "/tool");
        Files.writeString(project.resolve("README"), "changed");
        without.review(review -> assertThat(paths(review)).containsExactly("README"));
        assertThat(paths(without.lookAgain())).containsExactly("README");
    }

    @Test
    void what_was_shown_of_a_mount_is_shown_again_and_then_no_more() throws Exception {
        Reviewer reviewer = reviewer(data);
        reviewer.begin();
        setuid(data.resolve("tool"));

        reviewer.review(review -> assertThat(review.needsLook()).isTrue());

        assertThat(reviewer.look().changes()).isEmpty();
        assertThat(concerns(reviewer.lookAgain())).containsExactly("setuid " + data + "/tool");
        reviewer.review(review -> assertThat(review.changes()).isEmpty());
        assertThat(concerns(reviewer.lookAgain())).containsExactly("setuid " + data + "/tool");
    }

    @Test
    void what_is_in_two_of_them_is_told_once() throws Exception {
        Path around = top.toRealPath();
        Files.delete(data.resolve("set"));
        Reviewer reviewer = reviewer(project.resolve("sub"), data.resolve("sub"), data, around);
        reviewer.begin();
        Files.writeString(Files.createDirectory(data.resolve("sub")).resolve("Makefile"), "x");
        Files.writeString(project.resolve("Makefile"), "x");

        assertThat(concerns(reviewer.look()))
                .containsExactly("build Makefile", "build " + data + "/sub/Makefile");
    }

    @Test
    void a_mount_that_is_gone_or_closed_needs_a_look() throws Exception {
        Reviewer reviewer = reviewer(data);
        reviewer.begin();
        Files.delete(data.resolve("set"));
        Files.delete(data);

        Review gone = reviewer.look();

        assertThat(concerns(gone)).containsExactly("closed " + data);
        assertThat(gone.count(Kind.REMOVED)).isEqualTo(1);
        Files.createSymbolicLink(data, project);
        assertThat(concerns(reviewer.look())).containsExactly("closed " + data);
        reviewer.review(review -> assertThat(review.needsLook()).isTrue());
        assertThat(reviewer.look().needsLook()).isTrue();
    }

    @Test
    void a_mount_that_could_not_be_looked_into_is_all_news() throws Exception {
        Files.delete(data.resolve("set"));
        Files.delete(data);
        Reviewer reviewer = reviewer(data);
        reviewer.begin();
        Files.createDirectory(data);
        setuid(data.resolve("tool"));

        assertThat(concerns(reviewer.look())).containsExactly("setuid " + data + "/tool");
    }

    @Test
    void a_mounts_name_is_bytes_too() throws Exception {
        Path odd = top.toRealPath().resolve(RawPath.ofName("a\nb %41 \u00ff.before"));
        Files.createDirectory(
                odd,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Reviewer reviewer = reviewer(odd);
        reviewer.begin();
        setuid(odd.resolve("tool"));

        assertThat(reviewer.look().concerns())
                .singleElement()
                .satisfies(each -> assertThat(each.change().path()).endsWith(".before/tool"));
    }
}
