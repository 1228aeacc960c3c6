package keystone.agent.cli;

import java.util.List;
import java.util.stream.Collectors;

/// A completion script for bash.
final class BashCompletion {
    String script() {
        return """
        # Completion for bash: source <(keystone-agent completion bash)
        _keystone_agent_listed() {
        %s}
        _keystone_agent() {
            local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
            local words= others= kind=nothing command= word i
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                case $word in
                    --) compopt -o default; COMPREPLY=(); return ;;
                    --color) i=$((i + 1)) ;;
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
                sandbox|task|branch) [[ $current = -* ]] || words=$(_keystone_agent_listed $kind) ;;
                word) [[ $current = -* ]] || words=$others ;;
                file) [[ $current = -* ]] || { compopt -o default; COMPREPLY=(); return; } ;;
            esac
            COMPREPLY=($(compgen -W "$words" -- "$current"))
        }
        complete -F _keystone_agent keystone-agent ka
        """
                .formatted(
                        Candidates.LISTING,
                        String.join("|", Candidates.groups()),
                        firstWords() + " --help --version",
                        groups(),
                        commands(),
                        choices());
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
                .map(each -> arm(pattern(each, ""), words(each.flagNames()) + kind(each)))
                .collect(Collectors.joining());
    }

    private static String kind(Candidates candidates) {
        String kind = " kind=" + candidates.kind().word();
        return candidates.kind() == Candidates.Kind.WORD
                ? kind + " others='" + String.join(" ", candidates.words()) + "'"
                : kind;
    }

    private static String choices() {
        return Candidates.all().stream().map(BashCompletion::choices).collect(Collectors.joining());
    }

    private static String choices(Candidates candidates) {
        var arms = new StringBuilder();
        candidates
                .choices()
                .forEach(
                        (flag, values) ->
                                arms.append(
                                        arm(
                                                pattern(candidates, ":" + flag),
                                                words(values) + " kind=nothing")));
        candidates
                .kinds()
                .forEach(
                        (flag, kind) ->
                                arms.append(
                                        arm(
                                                pattern(candidates, ":" + flag),
                                                "words= kind=" + kind.word())));
        return arms.toString();
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
