package keystone.agent.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import keystone.agent.it.Background;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.process.Patience;

/// The conversation with the one program that takes the suite's steps in the guest: a session for
/// each of them would cost more than most steps do.
final class GuestSteps implements AutoCloseable {
    private final Background program;
    private int asked;

    GuestSteps(Sandbox sandbox, String script) {
        program = sandbox.executing("python3", "-u", script).start();
    }

    String take(String step, String directory, Duration limit) {
        return begin(step, directory, limit).await();
    }

    Pending begin(String step, String directory, Duration limit) {
        try {
            program.input()
                    .write((step + "\t" + directory + "\n").getBytes(StandardCharsets.UTF_8));
            program.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(program.errorsSoFar(), e);
        }
        return new Pending(step, asked++, limit);
    }

    /// Answers that are complete: the last piece after a line feed may be half an answer.
    private List<String> answers() {
        String output = program.outputSoFar();
        return output.substring(0, output.lastIndexOf('\n') + 1).lines().toList();
    }

    /// Whether it waits for the next step: not after one that took too long.
    boolean isReady() {
        return program.isRunning() && answers().size() == asked;
    }

    @Override
    public void close() {
        program.close();
    }

    /// A step that the guest may still be taking.
    final class Pending {
        private final String step;
        private final int number;
        private final Duration limit;

        private Pending(String step, int number, Duration limit) {
            this.step = step;
            this.number = number;
            this.limit = limit;
        }

        /// Returns what the guest measured.
        String await() {
            Patience.until(limit, () -> answers().size() > number || !program.isRunning());
            List<String> answers = answers();
            if (answers.size() <= number) {
                // The program still works on it, and would answer the next question with this.
                program.close();
                throw new AssertionError(
                        step
                                + ": no answer in "
                                + limit.toSeconds()
                                + " s "
                                + program.errorsSoFar());
            }
            Json.Obj answer = Json.parse(answers.get(number)).asObject();
            if (!answer.bool("passed")) {
                throw new AssertionError(step + ": " + answer.string("seen"));
            }
            return answer.string("seen");
        }
    }
}
