package keystone.agent.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.process.Command;
import org.jspecify.annotations.Nullable;

/// A command line about to be run: first said in full, then run once.
public final class Invocation {
    private List<String> command;
    private final Map<String, @Nullable String> environment;
    private Path directory;
    private byte[] input = new byte[0];
    private Duration limit = Duration.ofMinutes(1);

    Invocation(List<String> command, Map<String, @Nullable String> environment, Path directory) {
        this.command = List.copyOf(command);
        this.environment = new TreeMap<>(environment);
        this.directory = directory;
    }

    public Invocation in(Path where) {
        directory = where;
        return this;
    }

    /// Sets or removes a variable.
    ///
    /// @param value null removes it
    public Invocation with(String variable, @Nullable String value) {
        environment.put(variable, value);
        return this;
    }

    /// Held still where the hold says.
    public Invocation with(Hold hold) {
        return with(Hold.VARIABLE, hold.value());
    }

    /// Run by another command, which gets it as its last arguments.
    public Invocation through(String... before) {
        command = Stream.concat(Stream.of(before), command.stream()).toList();
        return this;
    }

    public Invocation reading(byte[] bytes) {
        input = bytes.clone();
        return this;
    }

    public Invocation reading(String text) {
        return reading(text.getBytes(StandardCharsets.UTF_8));
    }

    public Invocation within(Duration time) {
        limit = time;
        return this;
    }

    /// Runs it to its end.
    public Ended run() throws InterruptedException {
        try (Background running = start()) {
            Thread.ofPlatform().daemon().name("input").start(() -> feed(running));
            return running.await(limit);
        }
    }

    /// Starts it; its input stays open for the test to write.
    public Background start() {
        var prepared = new Command(command, environment, directory);
        return new Background(shown(), prepared.start());
    }

    private void feed(Background running) {
        try (OutputStream to = running.input()) {
            to.write(input);
        } catch (IOException itDoesNotRead) {
            // Its own choice: its exit status tells.
        }
    }

    private String shown() {
        return String.join(" ", command) + "    (in " + directory + ")";
    }
}
