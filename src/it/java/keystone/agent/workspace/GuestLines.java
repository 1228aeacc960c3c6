package keystone.agent.workspace;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import keystone.agent.it.Background;
import keystone.agent.it.Sandbox;
import keystone.agent.process.Patience;

/// A program in a guest that prints a line for each thing that it notices.
final class GuestLines implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final Background program;
    private int seen;

    private GuestLines(Background program) {
        this.program = program;
    }

    /// Starts it and waits for the line `ready`.
    ///
    /// @param from its text
    static GuestLines of(Sandbox sandbox, String interpreter, String from, String... arguments)
            throws IOException {
        var command =
                new ArrayList<>(List.of(interpreter, interpreter.equals("bash") ? "-s" : "-"));
        command.addAll(List.of(arguments));
        var lines = new GuestLines(sandbox.executing(command.toArray(String[]::new)).start());
        try (var text = Objects.requireNonNull(GuestLines.class.getResourceAsStream(from));
                var input = lines.program.input()) {
            text.transferTo(input);
        }
        String _ = lines.await("it is ready", "ready"::equals);
        lines.seen = lines.all().size();
        return lines;
    }

    private List<String> all() {
        String output = program.outputSoFar();
        return output.substring(0, output.lastIndexOf('\n') + 1).lines().toList();
    }

    /// Whatever came before does not count any more.
    GuestLines next() {
        seen = all().size();
        return this;
    }

    /// The same, once nothing more comes: then nobody looks at files any more.
    GuestLines afterQuiet() {
        int now = all().size();
        while (Patience.until(QUIET, moreThan(now))) {
            now = all().size();
        }
        return next();
    }

    private BooleanSupplier moreThan(int lines) {
        return () -> all().size() > lines;
    }

    /// What came since [#next].
    List<String> since() {
        List<String> all = all();
        return all.subList(seen, all.size());
    }

    /// Waits for a line since [#next], and tells when it came.
    String await(String what, Predicate<String> wanted) {
        long begun = System.nanoTime();
        if (!Patience.until(LIMIT, () -> since().stream().anyMatch(wanted))) {
            throw new AssertionError(
                    "it was not noticed that %s; but %s%n%s"
                            .formatted(what, since(), program.errorsSoFar()));
        }
        String line = since().stream().filter(wanted).findFirst().orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "  %-34s %5.2f s  %s%n",
                what,
                (System.nanoTime() - begun) / 1e9,
                line);
        return line;
    }

    @Override
    public void close() {
        program.close();
    }
}
