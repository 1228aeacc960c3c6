package keystone.agent.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import keystone.agent.config.Configuration;
import keystone.agent.json.Json;
import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;

/// One run of one command: what it may use, and the flags that every command has.
///
/// @param passedOn the words after `--`, exactly
record Call(
        Streams streams,
        Surroundings around,
        UseCases use,
        GlobalFlags flags,
        List<String> passedOn) {
    Call {
        passedOn = List.copyOf(passedOn);
    }

    PrintStream out() {
        return streams.out();
    }

    void print(Json json) {
        out().println(json.pretty());
    }

    News news() {
        return News.of(streams, flags, Screen.columns(around));
    }

    /// Says one thing that is no result.
    void say(String sentence) {
        if (!flags.quiet) {
            streams.err().println(sentence);
        }
    }

    Style style() {
        return flags.style(streams, around);
    }

    Instant now() {
        return around.clock().instant();
    }

    /// The sandbox of that name, or that of the project around the current directory.
    SandboxName sandbox(@Nullable String name) {
        return use.sandboxes().choose(name, around.directory());
    }

    Configuration configuration() {
        return new Configuration(around.origins(), () -> use.sandboxes().writable());
    }

    Prompt prompt() {
        return new Prompt(streams);
    }
}
