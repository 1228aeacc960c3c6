package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where `exec` runs a command.
final class ExecDirectoryTest {
    @TempDir Path here;

    private String directory(Path project, String... flags) {
        var desk = new Desk(here);
        desk.use.add(FakeUseCases.running("blue", project));
        var words = new ArrayList<>(List.of("exec", "blue"));
        words.addAll(List.of(flags));
        words.addAll(List.of("--", "pwd"));
        assertThat(desk.run(words.toArray(String[]::new)).status()).isZero();
        return String.valueOf(Objects.requireNonNull(desk.use.lastExec).directory());
    }

    @Test
    void a_directory_of_the_project_is_the_same_inside() {
        assertThat(directory(here.resolveSibling(""))).isEqualTo(here.getFileName().toString());
        assertThat(directory(here.resolveSibling(""), "-w", "/tmp")).isEqualTo("/tmp");
    }

    @Test
    void elsewhere_it_is_the_top_of_the_workspace() {
        assertThat(directory(here)).isEqualTo("null");
        assertThat(directory(here.resolve("below"))).isEqualTo("null");
        assertThat(directory(here.resolveSibling("beside"))).isEqualTo("null");
    }
}
