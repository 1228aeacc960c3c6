package keystone.agent.cli;

import keystone.agent.model.UserError;
import picocli.CommandLine.Option;

/// The flags that every command has.
final class GlobalFlags {
    @Option(
            names = {"-q", "--quiet"},
            description = "No news and no progress; results and errors only.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say more: each step with its duration.")
    boolean verbose;

    @Option(names = "--debug", description = "Show where in the program an error arose.")
    boolean debug;

    @Option(
            names = "--color",
            paramLabel = "auto|always|never",
            description = "Colours; auto is on a terminal, unless NO_COLOR is set.")
    String color = "auto";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Explain this command.")
    boolean help;

    Style style(Streams streams, Surroundings around) {
        return switch (color) {
            case "always" -> Style.COLOURED;
            case "never" -> Style.PLAIN;
            case "auto" -> {
                boolean wanted = around.variable("NO_COLOR").isEmpty();
                boolean able = !around.variable("TERM").equals("dumb");
                yield streams.outIsTerminal() && wanted && able ? Style.COLOURED : Style.PLAIN;
            }
            default ->
                    throw UserError.usage(
                            "--color is one of auto, always and never", "--color auto");
        };
    }
}
