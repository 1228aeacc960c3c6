package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.guest.GuestRepository.Disk;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a large repository costs a supervisor, which is small.
@Timeout(120)
final class ManyTagsTest {
    private static final int TAGS = 40_000;
    private static final int INDEX = 4 << 20;

    @TempDir private Path top;

    /// About half of what a supervisor has: the rest of it is in the other half.
    private Command.Finished inSmallHeap(String... arguments) throws InterruptedException {
        return Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx30m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Telling.class.getName())
                .with(arguments)
                .run(Duration.ofSeconds(100));
    }

    @Test
    void tens_of_thousands_of_tags_and_a_large_index_are_told_in_a_small_heap() throws Exception {
        Path told = top.resolve("told");

        Command.Finished finished = inSmallHeap(told.toString());

        assertThat(finished.ok()).as(finished.output() + finished.errors()).isTrue();
        Files.createDirectory(top.resolve("in"));
        Command.Finished unpacked =
                Command.of("tar", "-x", "-f", told.toString(), "-C", top.resolve("in").toString())
                        .run(Duration.ofSeconds(20));
        assertThat(unpacked.ok()).as(unpacked.errors()).isTrue();
        assertThat(Files.readAllLines(top.resolve("in/refs")))
                .hasSize(TAGS + 2)
                .contains("create refs/tags/" + Telling.name(7) + " " + Telling.object(7));
        assertThat(Files.size(top.resolve("in/index"))).isEqualTo(INDEX);
    }

    /// Is run as a program of its own; what would go to a guest goes to a file.
    static final class Telling {
        private Telling() {}

        static String name(int tag) {
            return "releases/2026/product-with-a-long-name/v1.0." + tag;
        }

        static String object(int tag) {
            return "0".repeat(32) + HexFormat.of().toHexDigits(tag);
        }

        public static void main(String[] arguments) throws InterruptedException {
            var tags = new TreeMap<String, String>();
            for (int i = 0; i < TAGS; i++) {
                tags.put(name(i), object(i));
            }
            var host =
                    new HostState(
                            Map.of("main", object(1)),
                            tags,
                            "ref: refs/heads/main",
                            "",
                            HostState.Objects.ALL);
            var guest =
                    new GuestRepository(
                            new SandboxName("blue"),
                            _ -> Command.of("dd", "of=" + arguments[0], "status=none"),
                            "/nowhere",
                            "/nowhere");
            guest.follow(host, new byte[INDEX], Disk.NEW);
        }
    }
}
