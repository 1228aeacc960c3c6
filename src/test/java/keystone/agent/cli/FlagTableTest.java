package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// What the build writes down for a command is what its class declares.
final class FlagTableTest {
    @ParameterizedTest
    @EnumSource
    void a_parser_is_told_all_that_it_has_to_know(Verb verb) {
        CommandSpec declared = Parser.declared(verb.action(), new GlobalFlags());
        var action = verb.action();
        CommandSpec built = BuiltTexts.flags(verb).bind(action, new GlobalFlags());
        action.describe(built);

        assertThat(known(built)).isNotEmpty().containsExactlyInAnyOrderElementsOf(known(declared));
    }

    private static List<List<Object>> known(CommandSpec spec) {
        return spec.args().stream().map(FlagTableTest::known).toList();
    }

    private static List<Object> known(ArgSpec arg) {
        List<Object> names =
                switch (arg) {
                    case OptionSpec option -> List.of((Object[]) option.names());
                    case PositionalParamSpec word -> List.of(word.index().toString());
                    default -> throw new AssertionError(arg);
                };
        boolean explains = arg instanceof OptionSpec option && option.usageHelp();
        return List.of(
                names,
                arg.type(),
                Arrays.asList(arg.auxiliaryTypes()),
                arg.arity(),
                arg.arity().isUnspecified(),
                arg.paramLabel(),
                arg.required(),
                arg.hidden(),
                explains);
    }

    @ParameterizedTest
    @EnumSource
    void help_is_what_the_class_says(Verb verb) {
        assertThat(BuiltTexts.help(verb)).isEqualTo(HelpText.of(verb));
    }
}
