package keystone.agent.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// What somebody who reads a failed test wants to see of an installation.
final class Diagnosis extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LAST_LINES = 60;
    private static final int LONGEST_LINE = 200;

    private Diagnosis(String text) {
        super(text, null, false, false);
    }

    /// Hangs the diagnosis on a failure.
    static void addTo(Throwable failure, Installation home) {
        failure.addSuppressed(new Diagnosis(of(home)));
    }

    static String of(Installation home) {
        var text = new StringBuilder("--- processes of " + home.root() + "\n");
        home.processes().forEach(process -> text.append(brief(process)).append("\n"));
        text.append("--- run directories: ").append(home.runs()).append('\n');
        text.append("--- kept: ").append(home.kept()).append('\n');
        for (String name : home.kept()) {
            Path directory = home.state().resolve(name);
            for (String log : List.of("supervisor.log", "console.log", "egress.jsonl")) {
                text.append(end(directory.resolve(log)));
            }
        }
        return text.toString();
    }

    private static String brief(Kernel.Seen process) {
        String line = process.toString();
        return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line;
    }

    private static String end(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
            return "--- the end of "
                    + log
                    + "\n"
                    + last.stream().collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException none) {
            return "--- no " + log + "\n";
        }
    }
}
