package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "The same as --help after the command.",
        footer = "keystone-agent help start")
final class HelpCommand implements Action {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "All if left out.")
    final List<String> words = new ArrayList<>();

    @Override
    public int run(Call call) {
        var asked = new ArrayList<>(words);
        asked.add("--help");
        call.out().print(text(Route.of(new Words(asked, false, List.of()))));
        return 0;
    }

    private static String text(Route route) {
        return switch (route) {
            case Route.Explain overview -> BuiltTexts.help(overview);
            case Route.Run run -> BuiltTexts.help(run.verb());
        };
    }
}
