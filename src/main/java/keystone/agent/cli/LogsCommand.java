package keystone.agent.cli;

import java.util.List;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.LogSource;
import keystone.agent.sandbox.Sessions.Follow;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Shows the newest part that is kept. Control characters show as `?`.",
        footer = "keystone-agent logs -f --source supervisor blue")
final class LogsCommand implements Action {
    private static final List<String> SOURCES = List.of("console", "supervisor");

    /// Whoever read our output has gone.
    private static final class NobodyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on as more is written.")
    boolean follow;

    @Option(
            names = "--source",
            paramLabel = "console|supervisor",
            description = "The guest's console, or what our own process for it did.")
    String source = "console";

    @Override
    public int run(Call call) throws InterruptedException {
        LogSource log = chosen();
        try {
            call.use()
                    .sessions()
                    .logs(
                            call.sandbox(name),
                            log,
                            follow ? Follow.YES : Follow.NO,
                            line -> print(call, line));
        } catch (NobodyReads ended) {
            return 0;
        }
        return 0;
    }

    private LogSource chosen() {
        return switch (source) {
            case "console" -> LogSource.CONSOLE;
            case "supervisor" -> LogSource.SUPERVISOR;
            default ->
                    throw UserError.usage(
                            "there is no log `" + Printable.of(source) + "`",
                            "keystone-agent logs --source "
                                    + Nearest.of(source, SOURCES).orElseThrow()
                                    + (name == null ? "" : " " + ShellWord.quote(name)));
        };
    }

    private static void print(Call call, String line) {
        call.out().println(Printable.of(line));
        if (call.out().checkError()) {
            throw new NobodyReads();
        }
    }
}
