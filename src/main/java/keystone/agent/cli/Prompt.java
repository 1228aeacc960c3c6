package keystone.agent.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Asks the person at the terminal.
final class Prompt {
    private final Streams streams;

    Prompt(Streams streams) {
        this.streams = streams;
    }

    /// Whether the answer was yes; anything else, and the end of the input, is no.
    ///
    /// @throws InterruptedException when the person would rather leave
    boolean confirms(String question) throws InterruptedException {
        streams.err().print(question + " [y/N] ");
        streams.err().flush();
        Optional<String> answer = answer();
        if (answer.isEmpty()) {
            streams.err().println();
            return false;
        }
        String word = answer.get().strip().toLowerCase(Locale.ROOT);
        return word.equals("y") || word.equals("yes");
    }

    /// A line that somebody types; empty at the end of the input.
    Optional<String> line(String question) throws InterruptedException {
        streams.err().print(question);
        streams.err().flush();
        return answer();
    }

    /// No interrupt reaches a thread that reads from a terminal, so one reads that nobody waits for
    /// at the end of the process.
    private Optional<String> answer() throws InterruptedException {
        var reading = new FutureTask<>(this::line);
        Thread.ofPlatform().daemon().name("answer").start(reading);
        try {
            return reading.get();
        } catch (InterruptedException leave) {
            streams.err().println();
            throw leave;
        } catch (ExecutionException broken) {
            throw new IllegalStateException("cannot read the answer", broken.getCause());
        }
    }

    private Optional<String> line() {
        var line = new ByteArrayOutputStream();
        try {
            int next = streams.in().read();
            boolean isEnd = next < 0;
            // No further: what was typed ahead answers the next question.
            while (next >= 0 && next != '\n') {
                line.write(next);
                next = streams.in().read();
            }
            return isEnd
                    ? Optional.empty()
                    : Optional.of(withoutReturn(line.toString(StandardCharsets.UTF_8)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
