package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says in our words what the parser complains about.
final class Misuse {
    private Misuse() {}

    static UserError explain(Verb verb, CommandSpec spec, ParameterException misuse) {
        if (misuse instanceof UnmatchedArgumentException unmatched) {
            return unmatched(verb, spec, unmatched.getUnmatched().getFirst());
        }
        if (misuse instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            ArgSpec first = missing.getMissing().getFirst();
            return first instanceof OptionSpec option
                    ? usage(option.longestName() + " needs a value", example(verb, option))
                    : usage("`" + verb.words() + "` needs " + first.paramLabel(), help(verb));
        }
        if (misuse.getArgSpec() instanceof OptionSpec option) {
            String value = misuse.getValue();
            return value == null
                    ? usage(option.longestName() + " needs a value", example(verb, option))
                    : usage(
                            option.longestName() + ": `" + Printable.of(value) + "` does not fit",
                            example(verb, option));
        }
        return usage(String.valueOf(misuse.getMessage()), help(verb));
    }

    private static UserError unmatched(Verb verb, CommandSpec spec, String word) {
        String shown = Printable.of(word);
        if (word.startsWith("-") && word.length() > 1) {
            String name = word.split("=", 2)[0];
            // One letter is as near to every other.
            List<String> candidates = name.length() == 2 ? List.of() : flags(spec);
            String fix =
                    Nearest.likely(name, candidates)
                            .map(flag -> command(verb) + " " + flag)
                            .orElse(help(verb));
            return usage("`" + verb.words() + "` has no flag `" + shown + "`", fix);
        }
        if (verb.rest() != Verb.Rest.NONE) {
            return usage(
                    "`" + shown + "` stands where only a NAME may: a command comes after `--`",
                    command(verb) + " [NAME] -- COMMAND");
        }
        return usage("`" + shown + "` is one word too many for `" + verb.words() + "`", help(verb));
    }

    private static List<String> flags(CommandSpec spec) {
        var flags = new ArrayList<String>();
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                Stream.of(option.names()).forEach(flags::add);
            }
        }
        return flags;
    }

    private static String example(Verb verb, OptionSpec option) {
        String flag = command(verb) + " " + option.longestName();
        return option.arity().max() == 0 ? flag : flag + " " + option.paramLabel();
    }

    private static String help(Verb verb) {
        return command(verb) + " --help";
    }

    private static String command(Verb verb) {
        return "keystone-agent " + verb.words();
    }

    private static UserError usage(String problem, String fix) {
        return UserError.usage(Printable.of(problem), fix);
    }
}
