package keystone.agent.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks the person at the terminal.
final class Prompt {
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Streams streams;

    /// Goes on after a question for which it came too late: it cannot be called off.
    private @Nullable FutureTask<Optional<String>> begun;

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

    /// What came of a question that may be over before somebody has typed.
    sealed interface Typed {
        record Line(String text) implements Typed {}

        /// The input has ended.
        record Nobody() implements Typed {}

        /// The question is over.
        record TooLate() implements Typed {}
    }

    /// Looked at again and again while nobody types.
    interface Meanwhile {
        /// Whether there is something to be told.
        boolean hasNews() throws InterruptedException;

        /// Tells it, on a line of its own.
        ///
        /// @return whether the question is still open
        boolean tell();
    }

    /// A line that somebody types while the question is open.
    Typed line(String question, Meanwhile meanwhile) throws InterruptedException {
        FutureTask<Optional<String>> reading = reading();
        streams.err().print(question);
        streams.err().flush();
        while (true) {
            try {
                Optional<String> line = reading.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                begun = null;
                return line.<Typed>map(Typed.Line::new).orElseGet(Typed.Nobody::new);
            } catch (TimeoutException nobodyTypes) {
                if (!meanwhile.hasNews()) {
                    continue;
                }
                streams.err().println();
                if (!meanwhile.tell()) {
                    return new Typed.TooLate();
                }
                streams.err().print(question);
                streams.err().flush();
            } catch (InterruptedException leave) {
                streams.err().println();
                throw leave;
            } catch (ExecutionException broken) {
                throw broken(broken);
            }
        }
    }

    /// Of two that read at once, the earlier would get the line. One that it has got already was
    /// meant for a question that is over.
    private FutureTask<Optional<String>> reading() {
        FutureTask<Optional<String>> reading = begun;
        if (reading == null || (reading.isDone() && !reading.resultNow().isEmpty())) {
            reading = begin();
            begun = reading;
        }
        return reading;
    }

    private FutureTask<Optional<String>> begin() {
        var reading = new FutureTask<>(this::line);
        Thread.ofPlatform().daemon().name("answer").start(reading);
        return reading;
    }

    private static IllegalStateException broken(ExecutionException why) {
        return new IllegalStateException("cannot read the answer", why.getCause());
    }

    /// No interrupt reaches a thread that reads from a terminal, so one reads that nobody waits for
    /// at the end of the process.
    private Optional<String> answer() throws InterruptedException {
        try {
            return begin().get();
        } catch (InterruptedException leave) {
            streams.err().println();
            throw leave;
        } catch (ExecutionException broken) {
            throw broken(broken);
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
