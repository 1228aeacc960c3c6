package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import keystone.agent.AtOnce;
import keystone.agent.model.Review;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ReviewAtOnceTest {
    private static final int ROUNDS = 40;

    @TempDir private Path top;
    private Path project;

    @BeforeEach
    void a_project() throws Exception {
        project = Files.createDirectory(top.toRealPath().resolve("project"));
        Files.writeString(project.resolve("Makefile"), "all:\n");
    }

    private Reviewer reviewer() {
        return new Reviewer(
                project,
                List.of(),
                top.resolve("inventory"),
                Clock.systemUTC(),
                Reviewer.Reach.ALL_BUT_GIT);
    }

    @Test
    void several_commands_review_at_once_and_each_succeeds() throws Exception {
        reviewer().begin();
        var counter = new AtomicInteger();
        Callable<?> review =
                () -> {
                    Files.writeString(
                            project.resolve("file-" + counter.incrementAndGet()), "something");
                    reviewer().review(_ -> {});
                    return null;
                };

        AtOnce.run(ROUNDS, review, review, review, review);

        review.call();
        assertThat(reviewer().look().changes()).isEmpty();
        assertThat(reviewer().lookAgain().changes()).isNotEmpty();
        assertThat(top.toFile().list())
                .containsExactlyInAnyOrder(
                        "project",
                        "inventory",
                        "inventory.before",
                        "inventory.git-is-safe",
                        "inventory.before.git-is-safe");
    }

    @Test
    void of_several_starts_the_first_one_says_what_there_was() throws Exception {
        Callable<?> begin =
                () -> {
                    reviewer().begin();
                    // As a guest does that has been started.
                    Files.writeString(project.resolve("written-by-a-guest"), "something");
                    return null;
                };
        for (int round = 0; round < ROUNDS; round++) {
            AtOnce.run(1, begin, begin, begin, begin);
            assertThat(reviewer().look().changes())
                    .extracting(Review.Change::path)
                    .containsExactly("written-by-a-guest");
            Files.delete(top.resolve("inventory"));
            Files.delete(project.resolve("written-by-a-guest"));
        }
    }
}
