package keystone.agent.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import keystone.agent.model.UserError;

/// Reads what must not be shown: asked for at a terminal that does not echo it, else the whole
/// standard input.
final class HiddenInput {
    private static final int MOST_BYTES = 64 << 10;

    private final Streams streams;

    HiddenInput(Streams streams) {
        this.streams = streams;
    }

    /// @throws InterruptedException when the person would rather leave
    String read(String question) throws InterruptedException {
        // No interrupt reaches a thread that reads from a terminal.
        var reading =
                new FutureTask<>(() -> streams.inIsTerminal() ? asked(question) : wholeInput());
        Thread.ofPlatform().daemon().name("hidden input").start(reading);
        try {
            return reading.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UserError told) {
                throw told;
            }
            throw new IllegalStateException("cannot read the value", failed.getCause());
        }
    }

    private static String asked(String question) {
        Console console =
                Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .orElseThrow(
                                () ->
                                        UserError.usage(
                                                "the value would be visible while you type:"
                                                        + " input or output is not a terminal",
                                                "give it on standard input, or do not redirect"
                                                        + " the output"));
        char[] typed = console.readPassword("%s", question);
        if (typed == null) {
            throw new UserError(
                    UserError.Kind.DECLINED, "no value was given", "type it, or pipe it in");
        }
        return new String(typed);
    }

    private String wholeInput() throws IOException {
        byte[] all = streams.in().readNBytes(MOST_BYTES + 1);
        if (all.length > MOST_BYTES) {
            throw UserError.usage(
                    "standard input has more than any secret", "give it the secret alone");
        }
        return new String(all, StandardCharsets.UTF_8);
    }
}
