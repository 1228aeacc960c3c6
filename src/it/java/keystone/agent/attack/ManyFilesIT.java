package keystone.agent.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// More files than anybody looks at, so that something may hide behind them: what the commands of
/// this host then say, and that they come to an end.
///
/// An emulated guest would take an hour to make them, so they are made from here; on a shared tree
/// nobody can tell the difference.
@ExtendWith(Installations.class)
@Tag("full")
final class ManyFilesIT {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String UNSEEN = "there is more than is looked at";
    private static final String FLOOD =
            """
            import os, sys
            os.mkdir(sys.argv[1])
            os.chdir(sys.argv[1])
            for number in range(1_050_000):
                os.close(os.open("%07d" % number, os.O_CREAT | os.O_WRONLY, 0o644))
            """;

    @Test
    void a_million_files_end_nothing_and_are_never_called_unsuspicious(Installation home)
            throws Exception {
        Project project = home.project("flooded");
        // Virtiofs refuses so many where a process may open few files.
        Sandbox sandbox = home.start(project, "--share", "9p");
        Path flood = project.path().resolve("flood");
        try {
            Command.Finished made = Command.of("python3", "-c", FLOOD, flood.toString()).run(LIMIT);
            assertThat(made.ok()).as(made.toString()).isTrue();

            Ended review = sandbox.keystone("review").within(LIMIT).run();
            assertThat(review.status()).isEqualTo(20);
            assertThat(review.output())
                    .contains("there are more files than are looked at")
                    .hasSizeLessThan(20_000);
            assertThat(ended(sandbox, "sync").errors()).contains(UNSEEN);
            assertThat(ended(sandbox, "stop").errors()).contains(UNSEEN);
            assertThat(sandbox.starting().within(LIMIT).run().succeeds().errors()).contains(UNSEEN);
            assertThat(sandbox.says("echo", "usable")).isEqualTo("usable");
            assertThat(ended(sandbox, "destroy", "-f").errors()).contains(UNSEEN);
            assertThat(Files.exists(flood)).isTrue();
        } finally {
            // Java's own way takes minutes.
            Command.Finished _ = Command.of("rm", "-rf", flood.toString()).run(LIMIT);
        }
    }

    private static Ended ended(Sandbox sandbox, String verb, String... more)
            throws InterruptedException {
        return sandbox.keystone(verb, more).within(LIMIT).run().succeeds();
    }
}
