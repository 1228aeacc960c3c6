package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the commands print, word for word; see [Transcript] for the form of the files.
///
/// With `TRANSCRIPTS=write` in the environment the files are written anew: read the difference
/// before committing it.
final class TranscriptTest {
    @TempDir Path top;

    static Stream<Path> transcripts() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("tests/cli"))) {
            return files
                    .filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void the_commands_print_what_the_transcript_says(Path file) throws IOException {
        String written = Files.readString(file);

        String played = new Transcript(top.toRealPath()).play(written);

        if ("write".equals(System.getenv("TRANSCRIPTS"))) {
            Files.writeString(file, played);
        }
        assertThat(played).isEqualTo(written);
    }
}
