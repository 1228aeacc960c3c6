package keystone.agent.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// What there is to say about one command, from its flags as they are declared.
///
/// @param positions its words besides flags, as a synopsis has them
/// @param parameters the same words, explained
record Manual(
        Verb verb,
        List<String> positions,
        String description,
        List<Item> parameters,
        List<Item> flags,
        List<Item> globalFlags,
        List<String> examples) {
    /// A flag or a word.
    ///
    /// @param names a flag's short and long one; a word's placeholder
    /// @param value the placeholder of a flag's value; empty when it takes none
    record Item(List<String> names, String value, String sentence) {
        Item {
            names = List.copyOf(names);
        }

        /// How it is written.
        String words() {
            return (String.join(", ", names) + " " + value).strip();
        }
    }

    static Manual of(Verb verb) {
        CommandSpec spec = Parser.declared(verb.action(), new GlobalFlags());
        List<OptionSpec> global = CommandSpec.forAnnotatedObject(new GlobalFlags()).options();
        List<String> globalNames = global.stream().map(OptionSpec::longestName).toList();
        return new Manual(
                verb,
                shown(spec).map(Manual::position).toList(),
                String.join(" ", spec.usageMessage().description()),
                shown(spec).map(Manual::item).toList(),
                spec.options().stream()
                        .filter(option -> !globalNames.contains(option.longestName()))
                        .filter(option -> !option.hidden())
                        .map(Manual::item)
                        .toList(),
                global.stream().map(Manual::item).toList(),
                List.of(spec.usageMessage().footer()));
    }

    private static Stream<PositionalParamSpec> shown(CommandSpec spec) {
        return spec.positionalParameters().stream().filter(parameter -> !parameter.hidden());
    }

    private static Item item(OptionSpec option) {
        String value = option.arity().max() == 0 ? "" : option.paramLabel();
        return new Item(List.of(option.names()), value, sentence(option));
    }

    private static Item item(PositionalParamSpec parameter) {
        return new Item(List.of(parameter.paramLabel()), "", sentence(parameter));
    }

    private static String sentence(ArgSpec spec) {
        return String.join(" ", spec.description());
    }

    /// One line: what is optional stands in brackets.
    String synopsis() {
        return synopsis(verb.words());
    }

    /// How it is written by its other names, a line each.
    List<String> aliases() {
        return verb.names().stream().skip(1).map(this::synopsis).toList();
    }

    private String synopsis(String words) {
        String rest =
                switch (verb.rest()) {
                    case NONE -> "";
                    case MAY_FOLLOW -> "[-- COMMAND…]";
                    case MUST_FOLLOW -> "-- COMMAND…";
                };
        return Stream.of(
                        Stream.of("keystone-agent", words, flags.isEmpty() ? "" : "[FLAGS]"),
                        positions.stream(),
                        Stream.of(rest))
                .flatMap(part -> part)
                .filter(part -> !part.isEmpty())
                .reduce((left, right) -> left + " " + right)
                .orElseThrow();
    }

    private static String position(PositionalParamSpec parameter) {
        String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "…" : "");
        return parameter.required() ? label : "[" + label + "]";
    }
}
