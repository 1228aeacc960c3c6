package keystone.agent.cli;

import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.Printable;
import keystone.agent.sandbox.LogSource;
import keystone.agent.sandbox.Sessions.Follow;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Shows what a sandbox's guest asked for, and what became of it: a line for each connection, once",
            "it has ended. Nothing of what passed is kept."
        },
        footer = "keystone-agent net log -f blue")
final class NetLogCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The sandbox.")
    @Nullable String name;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on as more is written.")
    boolean follow;

    @Option(names = "--json", description = "Print a JSON object a line.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        return LogLines.print(
                call,
                name,
                LogSource.EGRESS,
                follow ? Follow.YES : Follow.NO,
                json ? line -> line : NetLogCommand::text);
    }

    private static String text(String line) {
        try {
            Json.Obj passed = Json.parse(line).asObject();
            String host = passed.stringOrNull("host");
            Long port = passed.numberOrNull("port");
            String to = host == null ? "-" : port == null ? host : host + ":" + port;
            return "%s  %-9s  %s  %d bytes out, %d in  (%s)"
                    .formatted(
                            passed.string("time").replaceFirst("\\..*Z$", "Z"),
                            passed.string("verdict"),
                            to,
                            passed.number("bytesOut"),
                            passed.number("bytesIn"),
                            passed.string("why"));
        } catch (JsonException cutShort) {
            // The disk was full, or the host lost power.
            return Printable.of(line);
        }
    }
}
