package keystone.agent.cli;

import java.util.List;
import keystone.agent.model.Printable;
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

    void check() {
        if (!List.of("auto", "always", "never").contains(color)) {
            throw UserError.usage(
                    "--color: there is no `" + Printable.of(color) + "`",
                    "use --color auto, always or never");
        }
    }

    Style style(Streams streams, Surroundings around) {
        boolean wanted = around.variable("NO_COLOR").isEmpty();
        boolean able = !around.variable("TERM").equals("dumb");
        boolean auto = streams.outIsTerminal() && wanted && able;
        boolean coloured = color.equals("always") || (color.equals("auto") && auto);
        return coloured ? Style.COLOURED : Style.PLAIN;
    }
}
