package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.Review;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A tree that is larger than what is looked at.
@Timeout(120)
class ReviewSizeTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Names of fifty thousand characters each: longer than any path that a system call takes, so
    /// it goes down step by step.
    private static final String LONG_NAMES =
            """
            import os, sys
            os.chdir(sys.argv[1])
            for _ in range(195):
                os.mkdir("d" * 255)
                os.chdir("d" * 255)
            for number in range(2800):
                open("%05d" % number, "w").close()
            """;

    @TempDir(cleanup = CleanupMode.NEVER)
    private Path top;

    @Test
    void names_that_are_long_beyond_measure_are_not_all_looked_at_and_that_is_said()
            throws Exception {
        Path project = Files.createDirectory(top.toRealPath().resolve("project"));
        Path looks = Files.createDirectory(top.resolve("looks"));
        var reviewer =
                new Reviewer(
                        project,
                        List.of(),
                        looks.resolve("inventory"),
                        Clock.systemUTC(),
                        Reviewer.Reach.ALL);
        reviewer.begin();
        try {
            run("python3", "-c", LONG_NAMES, project.toString());

            Review review = reviewer.look();

            assertThat(review.complete()).isFalse();
            assertThat(review.needsLook()).isTrue();
            assertThat(review.changes()).hasSizeLessThan(2800);
            reviewer.review(_ -> {});
            assertThat(Files.size(looks.resolve("inventory"))).isLessThan(200L << 20);
        } finally {
            // Java's own way to remove a tree ends at such paths.
            run("rm", "-rf", top.toString());
        }
    }

    private static void run(String... command) throws InterruptedException {
        Command.Finished finished = Command.of(List.of(command)).run(LIMIT);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
    }
}
