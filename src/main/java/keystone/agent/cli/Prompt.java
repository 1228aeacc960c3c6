package keystone.agent.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Asks the person at the terminal.
final class Prompt {
    private final Streams streams;

    Prompt(Streams streams) {
        this.streams = streams;
    }

    /// Whether the answer was yes; anything else, and the end of the input, is no.
    boolean confirms(String question) {
        streams.err().print(question + " [y/N] ");
        streams.err().flush();
        String answer = line();
        if (answer == null) {
            streams.err().println();
            return false;
        }
        String word = answer.strip().toLowerCase(Locale.ROOT);
        return word.equals("y") || word.equals("yes");
    }

    private @Nullable String line() {
        try {
            // Not closed: the input belongs to the whole process.
            return new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8))
                    .readLine();
        } catch (IOException gone) {
            return null;
        }
    }
}
