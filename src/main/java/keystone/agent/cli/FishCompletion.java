package keystone.agent.cli;

import java.util.List;
import java.util.stream.Collectors;

/// A completion script for fish.
final class FishCompletion {
    private static final String HEAD =
            """
            # Completion for fish: ~/.config/fish/completions/keystone-agent.fish
            function __keystone_agent_words
                set -l words (commandline -opc)
                for word in $words[2..-1]
                    string match -q -- '-*' $word; or echo $word
                end
            end
            function __keystone_agent_none
                test (count (__keystone_agent_words)) -eq 0
            end
            function __keystone_agent_group
                test "$(__keystone_agent_words)" = "$argv"
            end
            function __keystone_agent_is
                set -l words (__keystone_agent_words)
                test (count $words) -ge (count $argv); and test "$words[1..$(count $argv)]" = "$argv"
            end
            complete -c keystone-agent -f
            complete -c ka -w keystone-agent
            """;

    String script() {
        var script = new StringBuilder(HEAD);
        Candidates.firstWords()
                .forEach(
                        (word, summary) ->
                                script.append(rule("__keystone_agent_none"))
                                        .append(" -a ")
                                        .append(word)
                                        .append(" -d ")
                                        .append(quote(summary))
                                        .append('\n'));
        for (String group : Candidates.groups()) {
            script.append(rule("__keystone_agent_group " + group))
                    .append(" -a ")
                    .append(quote(String.join(" ", Candidates.secondWords(group))))
                    .append('\n');
        }
        Candidates.all()
                .forEach(
                        candidates ->
                                candidates
                                        .verb()
                                        .names()
                                        .forEach(name -> script.append(command(candidates, name))));
        return script.toString();
    }

    private static String command(Candidates candidates, String name) {
        String rule = rule("__keystone_agent_is " + name);
        String flags =
                candidates.flags().stream()
                        .map(flag -> rule + flag(flag) + "\n")
                        .collect(Collectors.joining());
        String words =
                switch (candidates.kind()) {
                    case SANDBOX -> rule + " -a " + quote("(" + Candidates.NAMES_COMMAND + ")");
                    case FILE -> rule + " -F";
                    case SHELL -> rule + " -a 'bash zsh fish'";
                    case COMMAND ->
                            rule
                                    + " -a "
                                    + quote(String.join(" ", Candidates.firstWords().keySet()));
                    case NOTHING -> "";
                };
        return flags + (words.isEmpty() ? "" : words + "\n");
    }

    private static String flag(Manual.Item flag) {
        var text = new StringBuilder();
        for (String name : flag.names()) {
            text.append(
                    name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.charAt(1));
        }
        if (!flag.value().isEmpty()) {
            text.append(" -x");
        }
        if (flag.value().contains("|")) {
            text.append(" -a ").append(quote(String.join(" ", List.of(flag.value().split("\\|")))));
        }
        return text.append(" -d ").append(quote(flag.sentence())).toString();
    }

    private static String rule(String condition) {
        return "complete -c keystone-agent -n " + quote(condition);
    }

    private static String quote(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
