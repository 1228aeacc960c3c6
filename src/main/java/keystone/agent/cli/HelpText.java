package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What `--help` prints, from the same model as the reference page and the completion.
final class HelpText {
    private static final int WIDTH = 80;
    private static final int INDENT = 24;

    private HelpText() {}

    /// The overview of all commands, or of those of one group.
    static String of(Route.Explain overview) {
        String group = overview.group();
        var text = new StringBuilder();
        Stream<Verb> verbs = group.isEmpty() ? Verb.shown() : Verb.inGroup(group);
        if (group.isEmpty()) {
            text.append("Give an AI coding agent your project, not your machine.\n\n");
        }
        text.append("Usage: keystone-agent ").append(group.isEmpty() ? "" : group + " ");
        text.append("COMMAND [FLAGS]\n\nCommands:\n");
        verbs.forEach(
                verb -> entry(text, String.join(", ", verb.names()), List.of(verb.summary())));
        if (group.isEmpty()) {
            text.append("\nNAME of a sandbox may be left out where a command takes one: then it is")
                    .append("\nthe sandbox of the project around the current directory.\n");
        }
        text.append("\nExample:\n  ")
                .append(group.isEmpty() ? "keystone-agent start" : "keystone-agent " + group + " ")
                .append(group.isEmpty() ? "" : firstIn(group))
                .append('\n');
        text.append("\nkeystone-agent help COMMAND explains one.\n");
        return text.toString();
    }

    private static String firstIn(String group) {
        return Verb.inGroup(group).findFirst().orElseThrow().words().substring(group.length() + 1);
    }

    static String of(Verb verb) {
        Manual manual = Manual.of(verb);
        var text = new StringBuilder();
        text.append(verb.summary()).append(".\n\nUsage: ").append(manual.synopsis()).append('\n');
        for (String alias : manual.aliases()) {
            text.append("       ").append(alias).append('\n');
        }
        if (!manual.description().isEmpty()) {
            text.append('\n');
            wrap(manual.description(), WIDTH).forEach(line -> text.append(line).append('\n'));
        }
        section(text, "Arguments", manual.parameters());
        section(text, "Flags", manual.flags());
        section(text, "Flags of every command", manual.globalFlags());
        text.append("\nExample:\n");
        manual.examples().forEach(line -> text.append("  ").append(line).append('\n'));
        return text.toString();
    }

    private static void section(StringBuilder text, String title, List<Manual.Item> items) {
        if (!items.isEmpty()) {
            text.append('\n').append(title).append(":\n");
            items.forEach(item -> entry(text, item.words(), wrap(item.sentence(), WIDTH - INDENT)));
        }
    }

    private static void entry(StringBuilder text, String words, List<String> lines) {
        String head = "  " + words;
        boolean fits = head.length() <= INDENT - 2;
        text.append(fits ? head + " ".repeat(INDENT - head.length()) : head + "\n");
        for (int i = 0; i < lines.size(); i++) {
            text.append(i == 0 && fits ? "" : " ".repeat(INDENT)).append(lines.get(i)).append('\n');
        }
    }

    static List<String> wrap(String text, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
