package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import keystone.agent.model.Nearest;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// Where a command line leads.
sealed interface Route {
    /// To a command.
    ///
    /// @param arguments for its parser
    /// @param rest what follows `--`, when the command passes it on
    record Run(Verb verb, List<String> arguments, List<String> rest) implements Route {
        public Run {
            arguments = List.copyOf(arguments);
            rest = List.copyOf(rest);
        }

        /// Whether help is asked for in so many words, which no value of a flag can be; several
        /// letters behind one dash are left to the parser.
        boolean explains() {
            return arguments.stream().takeWhile(word -> !word.equals("--")).anyMatch(Route::isHelp);
        }
    }

    /// To an overview.
    ///
    /// @param group the first word of its commands; empty for all
    record Explain(String group) implements Route {}

    /// Flags that may also stand before the command, and take no value.
    Set<String> LEADING =
            Set.of("-q", "--quiet", "-v", "--verbose", "--debug", "-h", "--help", "--json");

    static Route of(Words words) {
        var leading = new ArrayList<String>();
        List<String> rest = words.before();
        while (!rest.isEmpty() && rest.getFirst().startsWith("-")) {
            int taken = rest.getFirst().equals("--color") ? Math.min(2, rest.size()) : 1;
            leading.addAll(rest.subList(0, taken));
            rest = rest.subList(taken, rest.size());
        }
        if (leading.contains("--version") || leading.contains("-V")) {
            return run(Verb.VERSION, List.of(), rest, words);
        }
        refuseUnknown(leading);
        if (rest.isEmpty()) {
            return new Explain("");
        }
        return command(leading, rest, words);
    }

    private static void refuseUnknown(List<String> leading) {
        for (int i = 0; i < leading.size(); i++) {
            String flag = leading.get(i);
            if (flag.equals("--color")) {
                i++;
            } else if (!LEADING.contains(flag) && !flag.startsWith("--color=")) {
                throw UserError.usage(
                        "there is no flag `" + Printable.of(flag) + "` before a command",
                        "keystone-agent --help");
            }
        }
    }

    private static Route command(List<String> leading, List<String> rest, Words words) {
        String first = rest.getFirst();
        if (Verb.isGroup(first)) {
            return inGroup(leading, rest, words);
        }
        Verb verb = Verb.named(first).orElseThrow(() -> unknown(first, ""));
        return run(verb, leading, rest.subList(1, rest.size()), words);
    }

    private static Route inGroup(List<String> leading, List<String> rest, Words words) {
        String group = rest.getFirst();
        if (rest.size() == 1 || rest.get(1).startsWith("-")) {
            boolean asked = rest.size() == 1 ? leading.contains("--help") : isHelp(rest.get(1));
            if (asked || leading.contains("-h")) {
                return new Explain(group);
            }
            String known = String.join(", ", Verb.inGroup(group).map(Verb::lastWord).toList());
            throw UserError.usage(
                    "`" + group + "` needs a second word: " + known,
                    "keystone-agent " + group + " --help");
        }
        String second = rest.get(1);
        Verb verb =
                Verb.named(group + " " + second)
                        .orElseThrow(() -> unknown(group + " " + second, group));
        return run(verb, leading, rest.subList(2, rest.size()), words);
    }

    private static boolean isHelp(String flag) {
        return flag.equals("-h") || flag.equals("--help");
    }

    private static Run run(Verb verb, List<String> leading, List<String> rest, Words words) {
        var arguments = new ArrayList<>(leading);
        arguments.addAll(rest);
        boolean passesOn = verb.rest() != Verb.Rest.NONE;
        boolean explains = arguments.stream().anyMatch(Route::isHelp);
        if (verb.rest() == Verb.Rest.MUST_FOLLOW && !words.ended() && !explains) {
            throw withoutCommand(verb, rest);
        }
        if (words.ended() && !passesOn) {
            arguments.add("--");
            arguments.addAll(words.after());
        }
        return new Run(verb, arguments, passesOn ? words.after() : List.of());
    }

    /// The one word there is was more likely meant as a command than as a name.
    private static UserError withoutCommand(Verb verb, List<String> rest) {
        String words =
                rest.size() == 1 && !rest.getFirst().startsWith("-")
                        ? "-- " + ShellWord.quote(rest.getFirst())
                        : "[NAME] -- COMMAND";
        return UserError.usage(
                "`" + verb.words() + "` needs `--` and a command after it",
                "keystone-agent " + verb.words() + " " + words);
    }

    private static UserError unknown(String typed, String group) {
        List<String> known =
                Verb.shown()
                        .flatMap(verb -> verb.names().stream())
                        .filter(name -> group.isEmpty() || name.startsWith(group + " "))
                        .toList();
        String fix =
                Nearest.likely(typed, known)
                        .map(name -> "keystone-agent " + name)
                        .orElse(("keystone-agent " + group).strip() + " --help");
        return UserError.usage("there is no command `" + Printable.of(typed) + "`", fix);
    }
}
