package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import keystone.agent.model.Review;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What is left out because no guest could write it.
class ReviewReachTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private Path project;

    @BeforeEach
    void a_project() throws Exception {
        project = Files.createDirectory(top.toRealPath().resolve("project"));
        write("README", "hello");
        write(".git/config", "");
        write(".git/hooks/sample", "");
    }

    private void write(String file, String text) throws IOException {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Reviewer reviewer(Reviewer.Reach reach) {
        return new Reviewer(project, List.of(), top.resolve("inventory"), Clock.systemUTC(), reach);
    }

    @Test
    void what_no_guest_can_write_of_git_is_no_news() throws Exception {
        Reviewer safe = reviewer(Reviewer.Reach.ALL_BUT_GIT);
        safe.begin();
        write(".git/hooks/post-checkout", "");
        write("README", "changed");
        write("vendor/.git/config", "");

        assertThat(paths(safe.look())).containsExactly("README", "vendor/.git/config");
        safe.review(_ -> {});
        write(".git/hooks/pre-commit", "");
        assertThat(safe.look().changes()).isEmpty();
        assertThat(paths(safe.lookAgain())).containsExactly("README", "vendor/.git/config");
    }

    @Test
    void what_a_guest_could_write_of_git_is_shown_until_it_was_seen() throws Exception {
        reviewer(Reviewer.Reach.ALL).begin();
        Reviewer safe = reviewer(Reviewer.Reach.ALL_BUT_GIT);
        write(".git/hooks/post-checkout", "");

        // The first look was made for a guest that could.
        assertThat(paths(safe.look())).containsExactly(".git/hooks/post-checkout");
        safe.review(_ -> {});
        assertThat(safe.look().changes()).isEmpty();
        assertThat(paths(safe.lookAgain())).containsExactly(".git/hooks/post-checkout");

        safe.gitComesIntoReach();
        write(".git/hooks/pre-commit", "");
        assertThat(paths(safe.look())).containsExactly(".git/hooks/pre-commit");
        assertThat(paths(reviewer(Reviewer.Reach.ALL).look()))
                .containsExactly(".git/hooks/pre-commit");
    }

    @Test
    void why_a_project_that_is_gone_cannot_be_looked_at_is_told_in_words() throws Exception {
        Reviewer reviewer = reviewer(Reviewer.Reach.ALL);
        reviewer.begin();
        Files.move(project, project.resolveSibling("elsewhere"));

        assertThatThrownBy(reviewer::look)
                .isInstanceOf(UserError.class)
                .hasMessageEndingWith("looked at: project: not a directory");
    }

    private static List<String> paths(Review review) {
        return review.changes().stream().map(Review.Change::path).toList();
    }
}
