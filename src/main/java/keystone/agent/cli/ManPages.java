package keystone.agent.cli;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The manual pages for `man`, from the same model as the reference page and `--help`: one of the
/// program, and one of each command, as in `man keystone-agent-task-run`.
///
/// In the macros of man(7).
final class ManPages {
    private static final String PROGRAM = "keystone-agent";

    private final String version;

    /// @param version of the program, as the pages show it below
    ManPages(String version) {
        this.version = version;
    }

    /// The file names of section 1, each with its content.
    SortedMap<String, String> all() {
        var pages = new TreeMap<String, String>();
        pages.put(PROGRAM + ".1", program());
        Verb.shown().forEach(verb -> pages.put(name(verb) + ".1", of(Manual.of(verb))));
        return pages;
    }

    private static String name(Verb verb) {
        return PROGRAM + "-" + verb.words().replace(' ', '-');
    }

    private String program() {
        var page = head(PROGRAM, "give an AI coding agent your project, not your machine");
        page.append(".SH SYNOPSIS\n.B ").append(escaped(PROGRAM)).append("\n.I COMMAND\n[FLAGS]\n");
        page.append(".SH DESCRIPTION\n");
        paragraph(
                page,
                "Puts an AI coding agent, or a shell, into a microVM with a project at /workspace."
                        + " Nothing else of the host is in reach, and what was made comes back when"
                        + " you take it. ka is the same program, and so is keystone agent COMMAND.");
        paragraph(
                page,
                "NAME of a sandbox may be left out where a command takes one: then it is the"
                        + " sandbox of the project around the current directory.");
        page.append(".SH COMMANDS\n");
        Verb.shown().forEach(verb -> entry(page, verb.words(), verb.summary() + "."));
        page.append(".SH FLAGS OF EVERY COMMAND\n");
        items(page, Manual.of(Verb.VERSION).globalFlags());
        seeAlso(page, Verb.shown().toList());
        return page.toString();
    }

    private String of(Manual manual) {
        Verb verb = manual.verb();
        var page = head(name(verb), verb.summary());
        page.append(".SH SYNOPSIS\n");
        Stream.concat(Stream.of(manual.synopsis()), manual.aliases().stream())
                .forEach(line -> page.append(text(line)).append(".br\n"));
        page.append(".SH DESCRIPTION\n");
        paragraph(
                page, manual.description().isEmpty() ? verb.summary() + "." : manual.description());
        section(page, "ARGUMENTS", manual.parameters());
        section(page, "FLAGS", manual.flags());
        section(page, "FLAGS OF EVERY COMMAND", manual.globalFlags());
        page.append(".SH EXAMPLES\n.nf\n");
        manual.examples().forEach(line -> page.append(text(line)));
        page.append(".fi\n");
        seeAlso(page, neighbours(verb));
        return page.toString();
    }

    /// The others of its group.
    private static List<Verb> neighbours(Verb verb) {
        String group = verb.words().split(" ", 2)[0];
        return Verb.inGroup(group).filter(each -> each != verb).toList();
    }

    private StringBuilder head(String name, String summary) {
        var page = new StringBuilder();
        page.append(".TH ").append(escaped(name).toUpperCase(Locale.ROOT));
        page.append(" 1 \"\" \"keystone-agent ").append(escaped(version)).append("\"\n");
        page.append(".SH NAME\n").append(escaped(name)).append(" \\- ").append(escaped(summary));
        return page.append('\n');
    }

    private static void paragraph(StringBuilder page, String sentence) {
        page.append(".PP\n").append(text(sentence));
    }

    private static void section(StringBuilder page, String title, List<Manual.Item> items) {
        if (!items.isEmpty()) {
            page.append(".SH ").append(title).append('\n');
            items(page, items);
        }
    }

    private static void items(StringBuilder page, List<Manual.Item> items) {
        items.forEach(item -> entry(page, item.words(), item.sentence()));
    }

    private static void entry(StringBuilder page, String words, String sentence) {
        page.append(".TP\n\\fB").append(escaped(words)).append("\\fR\n").append(text(sentence));
    }

    private static void seeAlso(StringBuilder page, List<Verb> verbs) {
        Stream<String> names = verbs.stream().map(ManPages::name);
        String others =
                Stream.concat(Stream.of(PROGRAM), names)
                        .map(name -> "\\fB" + escaped(name) + "\\fR(1)")
                        .collect(Collectors.joining(",\n"));
        page.append(".SH SEE ALSO\n").append(others).append('\n');
    }

    /// A line of its own. One that begins as a request does is kept from being one.
    private static String text(String line) {
        String safe = escaped(line);
        return (safe.startsWith(".") || safe.startsWith("'") ? "\\&" : "") + safe + "\n";
    }

    /// `-` is a minus, to be found and pasted; the rest of ASCII that troff prints as something
    /// else, too.
    private static String escaped(String words) {
        return words.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("`", "\\(ga")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti");
    }
}
