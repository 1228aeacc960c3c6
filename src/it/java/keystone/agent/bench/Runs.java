package keystone.agent.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs programs and measures them as wholes, from fork to exit.
///
/// @param directory where their output goes
record Runs(Path directory) {
    private static final Duration LIMIT = Duration.ofMinutes(20);

    Duration time(List<String> command) throws IOException, InterruptedException {
        long began = System.nanoTime();
        require(command, directory.resolve("log"));
        return Duration.ofNanos(System.nanoTime() - began);
    }

    String output(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Files.deleteIfExists(output);
        require(command, output);
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private void require(List<String> command, Path output)
            throws IOException, InterruptedException {
        int status = status(command, output);
        if (status != 0) {
            String said = Files.readString(directory.resolve("log"), StandardCharsets.UTF_8);
            throw new IOException(
                    String.join(" ", command) + " ended with " + status + ":\n" + said);
        }
    }

    int status(List<String> command) throws IOException, InterruptedException {
        return status(command, directory.resolve("log"));
    }

    private int status(List<String> command, Path output) throws IOException, InterruptedException {
        Process process = start(command, output);
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " did not end within " + LIMIT);
        }
        return process.exitValue();
    }

    Process start(List<String> command) throws IOException {
        return start(command, directory.resolve("log"));
    }

    private Process start(List<String> command, Path output) throws IOException {
        return new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
                .start();
    }
}
