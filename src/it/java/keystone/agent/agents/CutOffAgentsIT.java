package keystone.agent.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Wait;
import keystone.agent.models.Step;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real agents whose sandbox is killed in the middle of a command: what of their session is on the
/// disk then is for the kernel of the guest to say, and whether they go on in it for them.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
final class CutOffAgentsIT {
    private static final Duration STOPPED = Duration.ofMinutes(1);

    /// And a bit, for clocks that differ.
    private static final Duration MINUTE = Duration.ofSeconds(70);

    private RealAgents agents;

    @BeforeAll
    void start(Installation home) throws IOException, InterruptedException {
        agents = RealAgents.start(home);
    }

    @AfterAll
    void close() throws IOException {
        agents.close();
    }

    /// What dies with a `kill -9`.
    enum Killed {
        SUPERVISOR("its sandbox ended without a word"),
        MACHINE("the machine of its sandbox ended");

        private final String reason;

        Killed(String reason) {
            this.reason = reason;
        }
    }

    /// The model answers only to whoever remembers the first prompt.
    @ParameterizedTest
    @CsvSource({
        "gemini, MACHINE", "gemini, SUPERVISOR",
        "codex, MACHINE", "codex, SUPERVISOR",
        "claude, MACHINE", "claude, SUPERVISOR"
    })
    void each_has_failed_and_goes_on_in_its_own_session(String agent, Killed killed)
            throws Exception {
        agents.start();
        String prompt = "keep in mind, " + agent + ", that a " + killed.name() + " dies";
        agents.models().play(prompt, new Step.Run("echo begun >begun; exec tail -f /dev/null"));
        String id = agents.submit(agent, prompt);
        Instant begun;
        try (Background follower = agents.task("follow", id).start()) {
            Wait.until(agent + " is at work", RealAgents.WORK, () -> agents.runs("tail"));
            begun = Instant.now();
            // So much may be lost of what nobody synced.
            Ended _ = agents.sandbox().executing("sleep", "6").run().succeeds();
            Kernel.kill(
                    killed == Killed.SUPERVISOR
                            ? agents.sandbox().supervisorPid()
                            : agents.sandbox().machinePid());
            Ended seen = follower.await(STOPPED).endsWith(RealAgents.FAILED);
            assertThat(seen.errors()).contains(killed.reason);
        }
        assertThat(agents.show(id).string("state")).isEqualTo("failed");
        assertThat(agents.show(id).string("problem")).contains(killed.reason);

        agents.start();
        agents.models()
                .play(prompt, new Step.Run("cat begun >after"), new Step.Say("I kept it in mind."));
        if (agent.equals("gemini")) {
            awaitNextMinute(begun);
        }
        Ended _ = agents.task("resume", id).run().succeeds();

        Ended went = agents.task("follow", id).within(RealAgents.WORK).run().succeeds();
        assertThat(went.output()).contains("I kept it in mind.");
        assertThat(went.errors()).doesNotContain("begins anew");
        assertThat(agents.task("diff", id).run().succeeds().output())
                .contains("after")
                .contains("+begun");
    }

    /// Gemini names a session's file after the minute, and writes over it when it goes on within
    /// the one in which it began; then it says so, and begins anew.
    private static void awaitNextMinute(Instant begun) {
        Instant next = begun.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        Wait.until("the next minute", MINUTE, () -> Instant.now().isAfter(next.plusSeconds(2)));
    }
}
