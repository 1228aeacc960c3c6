package keystone.agent.cli;

import java.util.List;
import java.util.stream.Collectors;

/// A completion script for zsh.
final class ZshCompletion {
    String script() {
        return """
        #compdef keystone-agent ka
        # Completion for zsh: a file named _keystone-agent in a directory of $fpath.
        _keystone_agent_listed() {
            emulate -L sh
        %s}
        _keystone_agent() {
            local current=${words[CURRENT]} before=${words[CURRENT-1]} kind=nothing command= word
            local -a flags choices others
            local i
            for ((i = 2; i < CURRENT; i++)); do
                word=${words[i]}
                case $word in
                    --) _default; return ;;
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
                '') choices=(%s); _describe command choices; return ;;
        %s%s        esac
            case "$command:$before" in
        %s        esac
            if [[ $current = -* ]]; then
                _describe flag flags
                return
            fi
            case $kind in
                sandbox|task|branch) choices=(${(f)"$(_keystone_agent_listed $kind)"}); _describe $kind choices ;;
                word) choices=($others); _describe word choices ;;
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
                        Candidates.LISTING,
                        String.join("|", Candidates.groups()),
                        firstWords(),
                        groups(),
                        commands(),
                        choices());
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
        String others =
                candidates.kind() == Candidates.Kind.WORD
                        ? " others=(" + String.join(" ", candidates.words()) + ")"
                        : "";
        return arm(
                quoted(candidates.verb().names()),
                "kind=" + candidates.kind().word() + others + " flags=(" + flags + ")");
    }

    private static String choices() {
        return Candidates.all().stream().map(ZshCompletion::choices).collect(Collectors.joining());
    }

    private static String choices(Candidates candidates) {
        var arms = new StringBuilder();
        candidates
                .choices()
                .forEach(
                        (flag, values) ->
                                arms.append(
                                        arm(
                                                pattern(candidates, flag),
                                                "choices=("
                                                        + String.join(" ", values)
                                                        + "); _describe value choices; return")));
        candidates
                .kinds()
                .forEach(
                        (flag, kind) ->
                                arms.append(arm(pattern(candidates, flag), "kind=" + kind.word())));
        return arms.toString();
    }

    private static String pattern(Candidates candidates, String flag) {
        return quoted(candidates.verb().names().stream().map(name -> name + ":" + flag).toList());
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
