package keystone.agent.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import keystone.agent.it.Background;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.process.Patience;

/// The hostile root: one program in the guest, which is told an attack after the other.
final class Attacker implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String IN_GUEST = "/tmp/attacks";

    private final Background program;
    private int asked;

    private Attacker(Background program) {
        this.program = program;
    }

    /// Sends the scripts in and starts them.
    ///
    /// @param scripts an empty directory of the test's
    /// @param scene what the script knows of this host
    static Attacker in(Sandbox sandbox, Path scripts, Json.Obj scene)
            throws IOException, InterruptedException {
        for (String name : List.of("attacks.py", "raw.py")) {
            try (var script = Attacker.class.getResourceAsStream("/attacks/" + name)) {
                Files.write(scripts.resolve(name), Objects.requireNonNull(script).readAllBytes());
            }
        }
        // What is there is of before its guest was started anew.
        sandbox.executing("sudo", "rm", "-rf", IN_GUEST).run().succeeds();
        sandbox.home()
                .keystone("cp", scripts.toString(), sandbox.name() + ":" + IN_GUEST)
                .run()
                .succeeds();
        Background program =
                sandbox.executing("sudo", "python3", "-u", IN_GUEST + "/attacks.py").start();
        var attacker = new Attacker(program);
        attacker.send(scene.compact());
        attacker.take("prepare");
        return attacker;
    }

    /// Makes an attack, which must be possible to make.
    ///
    /// @return what the guest saw: what it read, and then what each of its deeds came to
    Json.Obj take(String step) {
        send(step.contains("\t") ? step : step + "\t");
        int number = asked++;
        Patience.until(LIMIT, () -> answers().size() > number || !program.isRunning());
        List<String> answers = answers();
        if (answers.size() <= number) {
            // It would answer the next question with this.
            program.close();
            throw new AssertionError(step + ": no answer. " + program.errorsSoFar());
        }
        Json.Obj answer = Json.parse(answers.get(number)).asObject();
        if (!answer.bool("passed")) {
            throw new AssertionError(
                    step + ": " + answer.string("seen") + "; " + answer.string("done"));
        }
        return answer;
    }

    private void send(String line) {
        try {
            program.input().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            program.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(program.errorsSoFar(), e);
        }
    }

    /// Answers that are complete: the last piece after a line feed may be half an answer.
    private List<String> answers() {
        String output = program.outputSoFar();
        return output.substring(0, output.lastIndexOf('\n') + 1).lines().toList();
    }

    @Override
    public void close() {
        program.close();
    }
}
