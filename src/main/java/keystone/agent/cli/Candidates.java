package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What may be typed next, from the same model as the help: the ground of every shell's completion.
///
/// @param flags of one command, with those of every command
/// @param kind what its other words are
/// @param choices for flags whose value is one of a few
record Candidates(
        Verb verb, List<Manual.Item> flags, Kind kind, Map<String, List<String>> choices) {
    enum Kind {
        SANDBOX,
        FILE,
        SHELL,
        COMMAND,
        NOTHING
    }

    /// Prints the sandboxes' names, one a line.
    static final String NAMES_COMMAND = "keystone-agent list -q 2>/dev/null";

    static List<Candidates> all() {
        return Verb.shown().map(Candidates::of).toList();
    }

    private static Candidates of(Verb verb) {
        Manual manual = Manual.of(verb);
        var flags = new ArrayList<>(manual.flags());
        flags.addAll(manual.globalFlags());
        var choices = new TreeMap<String, List<String>>();
        for (Manual.Item flag : flags) {
            if (flag.value().contains("|")) {
                List<String> values = List.of(flag.value().split("\\|"));
                flag.names().forEach(name -> choices.put(name, values));
            }
        }
        return new Candidates(verb, List.copyOf(flags), kind(manual), choices);
    }

    private static Kind kind(Manual manual) {
        if (manual.parameters().isEmpty()) {
            return Kind.NOTHING;
        }
        return switch (manual.parameters().getFirst().names().getFirst()) {
            case "NAME" -> Kind.SANDBOX;
            case "PROJECT", "SRC" -> Kind.FILE;
            case "bash|zsh|fish" -> Kind.SHELL;
            case "COMMAND" -> Kind.COMMAND;
            default -> Kind.NOTHING;
        };
    }

    List<String> flagNames() {
        return flags.stream().flatMap(flag -> flag.names().stream()).toList();
    }

    /// The names of all commands' first words and what they do; groups once.
    static Map<String, String> firstWords() {
        var words = new TreeMap<String, String>();
        Verb.shown()
                .forEach(
                        verb ->
                                verb.names()
                                        .forEach(
                                                name ->
                                                        words.putIfAbsent(
                                                                name.split(" ", 2)[0],
                                                                summary(verb, name))));
        return words;
    }

    private static String summary(Verb verb, String name) {
        String first = name.split(" ", 2)[0];
        return Verb.isGroup(first) ? "Commands about " + first + "s" : verb.summary();
    }

    static List<String> groups() {
        return firstWords().keySet().stream().filter(Verb::isGroup).toList();
    }

    static List<String> secondWords(String group) {
        return Verb.inGroup(group)
                .flatMap(verb -> verb.names().stream())
                .map(name -> name.substring(group.length() + 1))
                .toList();
    }
}
