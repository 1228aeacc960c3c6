package keystone.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.cli.Desk.Outcome;

/// Plays a transcript of `tests/cli` again and writes down what happens now.
///
/// | line | meaning |
/// |---|---|
/// | `# …` | a comment, when no output is expected |
/// | `$ keystone-agent …` | a command without a terminal |
/// | `% keystone-agent …` | the same at a terminal |
/// | `< …` | what is typed at that terminal |
/// | `$ …` | any other command, for the shell |
/// | `[2]` | the exit code, when it is not 0 |
///
/// Everything else is what the command prints, on both streams. `TOP` is the temporary directory in
/// which it all happens; it holds `home` and the project `blue`.
final class Transcript {
    private final Desk desk;
    private final Path top;
    private final List<String> played = new ArrayList<>();

    Transcript(Path top) throws IOException {
        this.top = top;
        this.desk = new Desk(top);
        Files.createDirectories(top.resolve("home"));
        desk.directory = Files.createDirectories(top.resolve("blue"));
    }

    /// The transcript as it would be written today.
    String play(String text) {
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("#") || (line.isEmpty() && isBetween(lines, i))) {
                played.add(line);
            } else if (line.startsWith("$ ") || line.startsWith("% ")) {
                played.add(line);
                run(line, typed(lines, i + 1));
            }
        }
        return String.join("\n", played) + "\n";
    }

    /// An empty line before a comment or a command, and not part of an output.
    private static boolean isBetween(List<String> lines, int index) {
        return index + 1 < lines.size() && lines.get(index + 1).matches("[#$%] ?.*");
    }

    private List<String> typed(List<String> lines, int from) {
        var typed = new ArrayList<String>();
        for (int i = from; i < lines.size() && lines.get(i).startsWith("< "); i++) {
            typed.add(lines.get(i).substring(2));
            played.add(lines.get(i));
        }
        return typed;
    }

    private void run(String line, List<String> typed) {
        String command = line.substring(2).replace("TOP", top.toString());
        if (!command.startsWith("keystone-agent")) {
            shell(command);
            return;
        }
        desk.terminal = line.startsWith("%");
        desk.typed = typed.isEmpty() ? "" : String.join("\n", typed) + "\n";
        List<String> words = words(command);
        Outcome outcome = desk.run(words.subList(1, words.size()));
        show(outcome.all());
        if (outcome.status() != 0) {
            played.add("[" + outcome.status() + "]");
        }
    }

    private void show(String output) {
        if (!output.isEmpty()) {
            String stable =
                    output.replace(top.toString(), "TOP")
                            .replace("\u001b", "^[")
                            .replace("\r", "^M")
                            .replace(Runtime.version().toString(), "VERSION");
            played.addAll(List.of(stable.stripTrailing().split("\n", -1)));
        }
    }

    /// Prepares; it must succeed.
    private void shell(String command) {
        try {
            Process shell =
                    new ProcessBuilder("sh", "-ec", command)
                            .directory(desk.directory.toFile())
                            .redirectErrorStream(true)
                            .start();
            byte[] output = shell.getInputStream().readAllBytes();
            show(new String(output, StandardCharsets.UTF_8));
            if (shell.waitFor() != 0) {
                throw new IllegalStateException("`" + command + "` failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// As a shell splits them; quotes of one kind do not nest in the other.
    private static List<String> words(String command) {
        var words = new ArrayList<String>();
        for (String part : command.split(" (?=(?:[^']*'[^']*')*[^']*$)", -1)) {
            words.add(part.replace("'", ""));
        }
        return words;
    }
}
