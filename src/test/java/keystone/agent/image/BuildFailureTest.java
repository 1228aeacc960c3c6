package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.Digest;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildFailureTest {
    private final BuildFailure failure = new BuildFailure(Path.of("/cache/images"));

    @Test
    void a_full_disk_is_said_however_it_shows() {
        var inTool = new ToolFailed("mksquashfs", 1, List.of("x: No space left on device"));
        var inFile = new UncheckedIOException(new IOException("No space left on device"));

        assertThat(explain(inTool).problem()).isEqualTo("the disk of /cache/images is full");
        assertThat(explain(inFile).problem()).isEqualTo("the disk of /cache/images is full");
        assertThat(explain(inTool).fix()).isEqualTo("keystone-agent image rm --unused");
    }

    @Test
    void a_missing_program_comes_with_the_package_that_has_it() {
        assertThatThrownBy(() -> Command.of("no-such-program-here").run(Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        Command.ProgramMissing.class,
                        missing ->
                                assertThat(explain(missing).kind())
                                        .isEqualTo(UserError.Kind.HOST_LACKS));
        assertThat(HostTools.missing("mksquashfs").fix())
                .isEqualTo("sudo apt-get install -y squashfs-tools");
    }

    @Test
    void what_a_tool_said_last_is_quoted() {
        var failed = new ToolFailed("mmdebstrap", 25, List.of("I: works", "E: broken"));

        assertThat(explain(failed).problem())
                .isEqualTo("the image cannot be built: `mmdebstrap` failed with status 25");
        assertThat(explain(failed).quoted()).containsExactly("I: works", "E: broken");
    }

    @Test
    void a_problem_that_is_a_sentence_already_stays() {
        UserError already = UserError.failed("a sentence", "do this");

        assertThat(explain(already)).isSameAs(already);
    }

    @Test
    void a_build_that_cannot_fit_is_refused_before_it_begins(@TempDir Path directory) {
        var huge =
                new LockedPackage(
                        "huge",
                        "1",
                        "amd64",
                        Digest.of("huge"),
                        (1L << 32) - 1,
                        "https://mirror.example/h");

        assertThatThrownBy(
                        () ->
                                DiskSpace.require(
                                        directory, java.util.Collections.nCopies(10_000, huge)))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.problem()).contains("MB left"));
    }

    private UserError explain(Exception cause) {
        return failure.explain("the image cannot be built", cause);
    }
}
