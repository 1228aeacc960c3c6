package keystone.agent.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Sets a command's flags from words.
final class Parser {
    enum Outcome {
        RUN,
        EXPLAIN
    }

    private final Verb verb;
    private final CommandLine line;

    Parser(Verb verb, Action action, GlobalFlags flags) {
        this.verb = verb;
        CommandSpec spec = BuiltTexts.flags(verb).bind(action, flags);
        action.describe(spec);
        this.line = new CommandLine(spec);
        // Words mean what they say: no files of words, no variables, no abbreviations.
        line.setExpandAtFiles(false);
        line.setInterpolateVariables(false);
        line.setAllowOptionsAsOptionParameters(false);
        line.setOverwrittenOptionsAllowed(true);
    }

    /// What a command understands and says of it, for help, reference pages and completion: as it
    /// is declared, which takes longer.
    static CommandSpec declared(Action action, GlobalFlags flags) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(action);
        action.describe(spec);
        spec.addMixin("global", CommandSpec.forAnnotatedObject(flags));
        return spec;
    }

    Outcome parse(List<String> arguments) {
        try {
            ParseResult result = line.parseArgs(arguments.toArray(String[]::new));
            return result.isUsageHelpRequested() ? Outcome.EXPLAIN : Outcome.RUN;
        } catch (ParameterException misuse) {
            throw Misuse.explain(verb, line.getCommandSpec(), misuse);
        }
    }
}
