package keystone.agent.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import keystone.agent.model.ShellWord;

/// A command's arguments, byte for byte. Immutable.
///
/// Linux arguments are bytes, Java's are text: what is not valid in the locale's encoding is gone
/// before `main` sees it. The bytes are still in `/proc/self/cmdline`.
public final class ExactArguments {
    private static final Path OWN = Path.of("/proc/self/cmdline");

    private final List<byte[]> arguments;

    private ExactArguments(List<byte[]> arguments) {
        this.arguments = List.copyOf(arguments);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("no arguments");
        }
    }

    public static ExactArguments of(List<String> text) {
        var encoded = new ArrayList<byte[]>(text.size());
        for (String argument : text) {
            encoded.add(argument.getBytes(StandardCharsets.UTF_8));
        }
        return new ExactArguments(encoded);
    }

    /// The last arguments this process was started with, as the bytes they were.
    ///
    /// @param tail what `main` saw of them; taken as it is when the process was started with others
    public static ExactArguments lastOfThisProcess(List<String> tail) {
        try {
            return lastOf(Files.readAllBytes(OWN), tail);
        } catch (IOException noProc) {
            return of(tail);
        }
    }

    static ExactArguments lastOf(byte[] commandLine, List<String> tail) {
        List<byte[]> all = split(commandLine);
        if (all.size() < tail.size()) {
            return of(tail);
        }
        List<byte[]> last = all.subList(all.size() - tail.size(), all.size());
        for (int i = 0; i < last.size(); i++) {
            if (!skeleton(last.get(i)).equals(skeleton(tail.get(i)))) {
                return of(tail);
            }
        }
        return new ExactArguments(last);
    }

    private static List<byte[]> split(byte[] commandLine) {
        var parts = new ArrayList<byte[]>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                parts.add(Arrays.copyOfRange(commandLine, start, i));
                start = i + 1;
            }
        }
        return parts;
    }

    /// What no decoding can change: the plain ASCII, without the `?` that some put for the rest.
    private static String skeleton(byte[] bytes) {
        return skeleton(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static String skeleton(String text) {
        var kept = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80 && c != '?') {
                kept.append(c);
            }
        }
        return kept.toString();
    }

    /// As words of bash, a space between them.
    String shellWords() {
        var words = new StringBuilder();
        for (byte[] argument : arguments) {
            words.append(words.isEmpty() ? "" : " ").append(ShellWord.of(argument));
        }
        return words.toString();
    }
}
