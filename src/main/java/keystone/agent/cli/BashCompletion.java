package keystone.agent.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A completion script for bash.
final class BashCompletion {
    String script() {
        return """
               # Completion for bash: source <(keystone-agent completion bash)
               _keystone_agent() {
                   local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
                   local words= kind=nothing command= word i
                   for ((i = 1; i < COMP_CWORD; i++)); do
                       word=${COMP_WORDS[i]}
                       case $word in
                           --) compopt -o default; COMPREPLY=(); return ;;
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
                       '') words='%s' ;;
               %s%s        esac
                   case "$command:$before" in
               %s        esac
                   case $kind in
                       sandbox) [[ $current = -* ]] || words=$(%s) ;;
                       shell) [[ $current = -* ]] || words='bash zsh fish' ;;
                       command) [[ $current = -* ]] || words='%s' ;;
                       file) [[ $current = -* ]] || { compopt -o default; COMPREPLY=(); return; } ;;
                   esac
                   COMPREPLY=($(compgen -W "$words" -- "$current"))
               }
               complete -F _keystone_agent keystone-agent ka
               """
                .formatted(
                        String.join("|", Candidates.groups()),
                        firstWords() + " --help --version",
                        groups(),
                        commands(),
                        choices(),
                        Candidates.NAMES_COMMAND,
                        firstWords());
    }

    private static String firstWords() {
        return String.join(" ", Candidates.firstWords().keySet());
    }

    private static String groups() {
        return Candidates.groups().stream()
                .map(group -> arm(group, words(Candidates.secondWords(group)) + "' --help'"))
                .collect(Collectors.joining());
    }

    private static String commands() {
        return Candidates.all().stream()
                .map(
                        each ->
                                arm(
                                        pattern(each, ""),
                                        words(each.flagNames()) + " kind=" + kind(each)))
                .collect(Collectors.joining());
    }

    private static String kind(Candidates candidates) {
        return candidates.kind().name().toLowerCase(Locale.ROOT);
    }

    private static String choices() {
        return Candidates.all().stream().map(BashCompletion::choices).collect(Collectors.joining());
    }

    private static String choices(Candidates candidates) {
        return candidates.choices().entrySet().stream()
                .map(
                        choice ->
                                arm(
                                        pattern(candidates, ":" + choice.getKey()),
                                        words(choice.getValue()) + " kind=nothing"))
                .collect(Collectors.joining());
    }

    private static String words(List<String> words) {
        return "words='" + String.join(" ", words) + "'";
    }

    /// The command by any of its names.
    private static String pattern(Candidates candidates, String suffix) {
        return candidates.verb().names().stream()
                .map(name -> "'" + name + suffix + "'")
                .collect(Collectors.joining("|"));
    }

    private static String arm(String pattern, String body) {
        return "        " + pattern + ") " + body + " ;;\n";
    }
}
