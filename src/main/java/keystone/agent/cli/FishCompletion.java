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
            function __keystone_agent_listed
                set -l state $HOME/.local/state/keystone-agent
                string match -q -- '/*' "$XDG_STATE_HOME"; and set state $XDG_STATE_HOME/keystone-agent
                test -n "$KEYSTONE_AGENT_HOME"; and set state $KEYSTONE_AGENT_HOME/state
                set -l found
                switch $argv[1]
                    case sandbox
                        for each in $state/*/spec.json
                            set -a found (string replace -r '^.*/([^/]*)/[^/]*$' '$1' -- $each)
                        end
                    case task
                        for each in $state/*/tasks/*/task.json
                            set -a found (string replace -r '^.*/([^/]*)/[^/]*$' '$1' -- $each)
                        end
                    case branch
                        set found (git for-each-ref --format='%(refname:lstrip=2)' refs/heads 2>/dev/null)
                end
                string match -r -- '^[A-Za-z0-9._/@+-]+$' $found
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
                    case SANDBOX, TASK, BRANCH -> rule + listed(candidates.kind());
                    case FILE -> rule + " -F";
                    case WORD -> rule + " -a " + quote(String.join(" ", candidates.words()));
                    case NOTHING -> "";
                };
        return flags + (words.isEmpty() ? "" : words + "\n");
    }

    private static String listed(Candidates.Kind kind) {
        return " -a " + quote("(__keystone_agent_listed " + kind.word() + ")");
    }

    private static String flag(Manual.Item flag) {
        var text = new StringBuilder();
        for (String name : flag.names()) {
            text.append(
                    name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.charAt(1));
        }
        Candidates.Kind kind = Candidates.kind(flag.value());
        if (kind == Candidates.Kind.FILE) {
            text.append(" -r -F");
        } else if (!flag.value().isEmpty()) {
            text.append(" -x");
        }
        if (kind.isListed()) {
            text.append(listed(kind));
        }
        if (!flag.value().isEmpty() && kind == Candidates.Kind.WORD) {
            List<String> words = Candidates.words(flag.value());
            text.append(" -a ").append(quote(String.join(" ", words)));
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
