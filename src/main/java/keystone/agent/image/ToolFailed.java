package keystone.agent.image;

import java.util.List;
import keystone.agent.model.Printable;

/// A program of the host ended with an error. Stays inside this room; [BuildFailure] makes a
/// sentence of it.
final class ToolFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String program;
    private final transient List<String> lastLines;

    ToolFailed(String program, int status, List<String> lastLines) {
        super("`" + program + "` failed with status " + status);
        this.program = program;
        this.lastLines = List.copyOf(lastLines);
    }

    /// The end of its output, then the end of its complaints; each oldest first.
    List<String> lastLines() {
        return lastLines;
    }

    /// What the program itself calls its error, made safe to print; else the last thing it said.
    String lastError() {
        return lastLines.reversed().stream()
                .filter(line -> line.startsWith("E: ") && !line.equals("E: Download Failed"))
                .findFirst()
                .or(() -> lastLines.reversed().stream().findFirst())
                .map(Printable::of)
                .orElseGet(() -> program + " failed without a word");
    }

    boolean mentions(String words) {
        return lastLines.stream().anyMatch(line -> line.contains(words));
    }
}
