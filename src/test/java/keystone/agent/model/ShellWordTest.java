package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShellWordTest {
    private static final long SEED = 20_240_229;

    @TempDir Path directory;

    @Test
    void random_bytes_come_through_bash_in_every_locale() throws Exception {
        List<byte[]> words = randomWords();

        for (String locale : List.of("C", "C.UTF-8", "en_US.ISO-8859-1")) {
            assertThat(printedBy("bash", locale, words)).isEqualTo(joined(words));
        }
    }

    private static List<byte[]> randomWords() {
        var random = new Random(SEED);
        var words = new ArrayList<byte[]>();
        words.add(new byte[0]);
        for (int b = 1; b < 256; b++) {
            words.add(new byte[] {(byte) b});
            words.add(new byte[] {(byte) b, '7', (byte) b, '\\', '\''});
        }
        for (int i = 0; i < 300; i++) {
            var word = new byte[random.nextInt(60)];
            for (int j = 0; j < word.length; j++) {
                word[j] = (byte) (1 + random.nextInt(255));
            }
            words.add(word);
        }
        return words;
    }

    private static byte[] joined(List<byte[]> words) {
        var all = new ByteArrayOutputStream();
        for (byte[] word : words) {
            all.writeBytes(word);
            all.write(0);
        }
        return all.toByteArray();
    }

    @SuppressWarnings("OrphanedFormatString") // It is printf's.
    private byte[] printedBy(String shell, String locale, List<byte[]> words) throws IOException {
        var script = new StringBuilder("printf '%s\\0'");
        words.forEach(word -> script.append(' ').append(ShellWord.of(word)));
        assertThat(script.chars()).allMatch(c -> c >= ' ' && c <= '~');
        return output(Command.of(shell, "-c", script.toString()).withEnvironment("LC_ALL", locale));
    }

    private static byte[] output(Command command) throws IOException {
        try (OwnedProcess process = command.start()) {
            process.input().close();
            return process.output().readAllBytes();
        }
    }

    @Test
    void text_comes_through_every_posix_shell_that_reads_it_from_a_file() throws Exception {
        String text = "it's\n\n\"a\" $HOME `id` \\ \t é 日本 🦊 !! # * ~\n";
        Path script = directory.resolve("script");
        Files.writeString(script, "printf %s " + ShellWord.posix(text));

        for (List<String> shell : List.of(List.of("sh"), List.of("bash"), List.of("dash"))) {
            Command command = Command.of(shell).with(script.toString());
            assertThat(new String(output(command), StandardCharsets.UTF_8)).isEqualTo(text);
        }
    }

    @Test
    void a_nul_byte_is_refused() {
        assertThatThrownBy(() -> ShellWord.of(new byte[] {'a', 0, 'b'}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void words_are_quoted_only_when_a_shell_would_change_them() {
        assertThat(ShellWord.quote("a/b.c")).isEqualTo("a/b.c");
        assertThat(ShellWord.quote("")).isEqualTo("''");
        assertThat(ShellWord.quote("it's $x")).isEqualTo("'it'\\''s $x'");
    }
}
