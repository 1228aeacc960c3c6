package keystone.agent.cli;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import keystone.agent.model.Printable;

/// Words as they can be pasted into a shell.
final class ShellWord {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    private ShellWord() {}

    static String quote(String word) {
        String shown = Printable.of(word);
        return SAFE.matcher(shown).matches() ? shown : "'" + shown.replace("'", "'\\''") + "'";
    }

    static String line(List<String> words) {
        return words.stream().map(ShellWord::quote).collect(Collectors.joining(" "));
    }
}
