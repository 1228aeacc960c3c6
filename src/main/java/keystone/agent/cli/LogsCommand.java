package keystone.agent.cli;

import java.util.List;
import java.util.function.UnaryOperator;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
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
    private static final List<String> SOURCES = List.of("console", "supervisor", "egress");

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on as more is written.")
    boolean follow;

    @Option(
            names = "--source",
            paramLabel = "console|supervisor|egress",
            description = "The guest's console, what our own process for it did, or what left it.")
    String source = "console";

    @Override
    public int run(Call call) throws InterruptedException {
        LogSource log = chosen();
        return LogLines.print(
                call, name, log, follow ? Follow.YES : Follow.NO, UnaryOperator.identity());
    }

    private LogSource chosen() {
        return switch (source) {
            case "console" -> LogSource.CONSOLE;
            case "supervisor" -> LogSource.SUPERVISOR;
            case "egress" -> LogSource.EGRESS;
            default ->
                    throw UserError.usage(
                            "there is no log `" + Printable.of(source) + "`",
                            "keystone-agent logs --source "
                                    + Nearest.of(source, SOURCES).orElseThrow()
                                    + (name == null ? "" : " " + ShellWord.quote(name)));
        };
    }
}
