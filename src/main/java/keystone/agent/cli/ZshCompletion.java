package keystone.agent.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A completion script for zsh.
final class ZshCompletion {
    String script() {
        return """
               #compdef keystone-agent ka
               # Completion for zsh: a file named _keystone-agent in a directory of $fpath.
               _keystone_agent() {
                   local current=${words[CURRENT]} before=${words[CURRENT-1]} kind=nothing command= word
                   local -a flags choices
                   local i
                   for ((i = 2; i < CURRENT; i++)); do
                       word=${words[i]}
                       case $word in
                           --) _default; return ;;
                           -*) ;;
                           *)
                               case $command in
                                   '') command=$word ;;
                                   %s) command="$command $word" ;;
                               esac
                               ;;
                       esac
                   done
                   case $command in
                       '') choices=(%s); _describe command choices; return ;;
               %s%s        esac
                   case "$command:$before" in
               %s        esac
                   if [[ $current = -* ]]; then
                       _describe flag flags
                       return
                   fi
                   case $kind in
                       sandbox) choices=(${(f)"$(%s)"}); _describe sandbox choices ;;
                       shell) choices=(bash zsh fish); _describe shell choices ;;
                       command) choices=(%s); _describe command choices ;;
                       file) _files ;;
                   esac
               }
               if [[ ${funcstack[1]} = _keystone-agent ]]; then
                   _keystone_agent "$@"
               else
                   compdef _keystone_agent keystone-agent ka
               fi
               """
                .formatted(
                        String.join("|", Candidates.groups()),
                        firstWords(),
                        groups(),
                        commands(),
                        choices(),
                        Candidates.NAMES_COMMAND,
                        firstWords());
    }

    private static String firstWords() {
        return Candidates.firstWords().entrySet().stream()
                .map(word -> described(word.getKey(), word.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String groups() {
        return Candidates.groups().stream()
                .map(
                        group ->
                                arm(
                                        group,
                                        "choices=("
                                                + String.join(" ", Candidates.secondWords(group))
                                                + "); _describe command choices; return"))
                .collect(Collectors.joining());
    }

    private static String commands() {
        return Candidates.all().stream().map(ZshCompletion::command).collect(Collectors.joining());
    }

    private static String command(Candidates candidates) {
        String flags =
                candidates.flags().stream()
                        .flatMap(
                                flag ->
                                        flag.names().stream()
                                                .map(name -> described(name, flag.sentence())))
                        .collect(Collectors.joining(" "));
        String kind = candidates.kind().name().toLowerCase(Locale.ROOT);
        return arm(quoted(candidates.verb().names()), "kind=" + kind + " flags=(" + flags + ")");
    }

    private static String choices() {
        return Candidates.all().stream().map(ZshCompletion::choices).collect(Collectors.joining());
    }

    private static String choices(Candidates candidates) {
        return candidates.choices().entrySet().stream()
                .map(
                        choice -> {
                            List<String> patterns =
                                    candidates.verb().names().stream()
                                            .map(name -> name + ":" + choice.getKey())
                                            .toList();
                            String values = String.join(" ", choice.getValue());
                            return arm(
                                    quoted(patterns),
                                    "choices=(" + values + "); _describe value choices; return");
                        })
                .collect(Collectors.joining());
    }

    /// `_describe` splits at the first colon that no backslash precedes.
    private static String described(String word, String sentence) {
        return "'" + (word + ":" + sentence).replace("'", "'\\''") + "'";
    }

    private static String quoted(List<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining("|"));
    }

    private static String arm(String pattern, String body) {
        return "        " + pattern + ") " + body + " ;;\n";
    }
}
