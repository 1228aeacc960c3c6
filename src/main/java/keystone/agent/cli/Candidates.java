package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.config.Form;
import keystone.agent.model.KnownSecrets;

/// What may be typed next, from the same model as the help: the ground of every shell's completion.
///
/// @param flags of one command, with those of every command
/// @param kind what its other words are
/// @param words what they can be, when they are of the kind `WORD`
/// @param choices for flags whose value is one of a few
/// @param kinds of the values of flags that are listed where they are
record Candidates(
        Verb verb,
        List<Manual.Item> flags,
        Kind kind,
        List<String> words,
        Map<String, List<String>> choices,
        Map<String, Kind> kinds) {
    private static final String DELIVERY = Form.DELIVERY.placeholder();

    /// On this host; other paths are in the guest.
    private static final Set<String> FILES =
            Set.of("PROJECT", "SRC", "FILE", Form.MOUNTS.placeholder());

    /// The agents that are built in.
    private static final List<String> AGENTS = List.of("claude", "codex", "gemini", "shell");

    enum Kind {
        SANDBOX,
        TASK,
        BRANCH,
        FILE,
        WORD,
        NOTHING;

        /// As it is in scripts.
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// What is on disk, or known to git, is listed by the shell itself.
        boolean isListed() {
            return this == SANDBOX || this == TASK || this == BRANCH;
        }
    }

    /// For bash and zsh. A file name or a branch can be anything, and is expanded by bash's
    /// `compgen`: only harmless ones are offered.
    static final String LISTING =
            """
                local state=${KEYSTONE_AGENT_HOME:+$KEYSTONE_AGENT_HOME/state} each
                if [ -z "$state" ]; then
                    case ${XDG_STATE_HOME-} in
                        /*) state=$XDG_STATE_HOME/keystone-agent ;;
                        *) state=$HOME/.local/state/keystone-agent ;;
                    esac
                fi
                case $1 in
                    sandbox) for each in "$state"/*/spec.json; do [ -e "$each" ] && echo "$each"; done ;;
                    task) for each in "$state"/*/tasks/*/task.json; do [ -e "$each" ] && echo "$each"; done ;;
                    branch) git for-each-ref --format='/%(refname:lstrip=2)/' refs/heads 2>/dev/null ;;
                esac | while IFS= read -r each; do
                    each=${each%/*}
                    case $1 in
                        branch) each=${each#/} ;;
                        *) each=${each##*/} ;;
                    esac
                    case $each in
                        *[!A-Za-z0-9._/@+-]*) ;;
                        *) echo "$each" ;;
                    esac
                done
            """;

    static List<Candidates> all() {
        return Verb.shown().map(Candidates::of).toList();
    }

    private static Candidates of(Verb verb) {
        Manual manual = Manual.of(verb);
        var flags = new ArrayList<>(manual.flags());
        flags.addAll(manual.globalFlags());
        var choices = new TreeMap<String, List<String>>();
        var kinds = new TreeMap<String, Kind>();
        for (Manual.Item flag : flags) {
            if (flag.value().isEmpty()) {
                continue;
            }
            Kind kind = kind(flag.value());
            if (kind == Kind.WORD) {
                flag.names().forEach(name -> choices.put(name, words(flag.value())));
            } else {
                // Also when nothing can be offered: another flag is no value.
                flag.names().forEach(name -> kinds.put(name, kind));
            }
        }
        String label =
                manual.parameters().isEmpty()
                        ? ""
                        : manual.parameters().getFirst().names().getFirst();
        String what = label.equals("NAME") && verb.words().startsWith("tokens ") ? "SECRET" : label;
        return new Candidates(verb, List.copyOf(flags), kind(what), words(what), choices, kinds);
    }

    static Kind kind(String label) {
        if (FILES.contains(label)) {
            return Kind.FILE;
        }
        if (label.equals(DELIVERY)) {
            return Kind.WORD;
        }
        return switch (label) {
            case "NAME", "NAME…" -> Kind.SANDBOX;
            case "ID" -> Kind.TASK;
            case "BRANCH" -> Kind.BRANCH;
            case "COMMAND", "AGENT", "SECRET" -> Kind.WORD;
            default -> label.contains("|") ? Kind.WORD : Kind.NOTHING;
        };
    }

    static List<String> words(String label) {
        if (label.equals(DELIVERY)) {
            return secrets().flatMap(each -> Stream.of(each + "=session", each + "=file")).toList();
        }
        return switch (label) {
            case "COMMAND" -> List.copyOf(firstWords().keySet());
            case "AGENT" -> AGENTS;
            case "SECRET" -> secrets().toList();
            default -> List.of(label.split("\\|"));
        };
    }

    /// The secrets that everybody has; a person's own are in files.
    private static Stream<String> secrets() {
        return KnownSecrets.all().stream().map(each -> each.name().value());
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
        if (!Verb.isGroup(first)) {
            return verb.summary();
        }
        return "Commands about "
                + switch (first) {
                    case "agents", "tokens" -> first;
                    case "net" -> "the network";
                    case "config" -> "settings";
                    default -> first + "s";
                };
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
