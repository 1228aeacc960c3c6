package keystone.agent.git;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What is sent to a guest that shares nothing.
@Timeout(60)
class OutgoingTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String STRANGE = "1234567890123456789012345678901234567890";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project() throws Exception {
        sides = TwoSides.in(top);
    }

    /// How many objects the pack has that is sent; it is whole by itself.
    private int sent(List<String> wanted, List<String> has) throws Exception {
        OutgoingPack pack = sides.repository().outgoing(wanted, has);
        Path file = top.resolve("sent.pack");
        try (OwnedProcess packing = pack.command().start()) {
            packing.input().write(pack.input().getBytes(US_ASCII));
            packing.input().close();
            Files.write(file, packing.output().readAllBytes());
        }
        Command.Finished indexed =
                Command.of("git", "index-pack", "-o", top.resolve("sent.idx").toString())
                        .with(file.toString())
                        .run(LIMIT);
        assertThat(indexed.ok()).as(indexed.toString()).isTrue();
        byte[] bytes = Files.readAllBytes(file);
        return bytes[11];
    }

    @Test
    void a_guest_with_nothing_gets_everything() throws Exception {
        // One commit, two trees, two files.
        assertThat(sent(List.of(sides.host("rev-parse", "main")), List.of())).isEqualTo(5);
    }

    @Test
    void one_that_has_some_gets_the_rest_whatever_else_it_says_it_has() throws Exception {
        String first = sides.host("rev-parse", "main");
        sides.write("README", "more\n");
        String second = sides.commitHere("Two");

        assertThat(sent(List.of(second), List.of(first, STRANGE))).isEqualTo(3);
        assertThat(sides.repository().lacking(Map.of("here", first, "there", STRANGE)))
                .containsExactly("there");
    }

    @Test
    void what_is_not_committed_is_noticed() throws Exception {
        HostRepository repository = sides.repository();
        assertThat(repository.hasUncommitted(TwoSides.NAME)).isFalse();

        sides.write(".git/info/exclude", "build\n");
        sides.write("build/result", "text\n");
        assertThat(repository.hasUncommitted(TwoSides.NAME)).isFalse();
        sides.write("notes", "text\n");
        assertThat(repository.hasUncommitted(TwoSides.NAME)).isTrue();
        Files.delete(sides.project.resolve("notes"));
        sides.write("README", "changed\n");
        assertThat(repository.hasUncommitted(TwoSides.NAME)).isTrue();
        assertThat(sides.project.resolve(".git/index.lock")).doesNotExist();
    }
}
