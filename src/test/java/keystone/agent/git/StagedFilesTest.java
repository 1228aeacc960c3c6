package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class StagedFilesTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project() throws Exception {
        sides = TwoSides.in(top);
    }

    private Set<String> among(String... paths) throws Exception {
        return sides.repository().stagedAsTheyAre(List.of(paths));
    }

    @Test
    void only_what_is_staged_with_this_very_content_is() throws Exception {
        sides.write(".env.shared", "PORT=1\n");
        sides.write("web/.env ä", "");
        sides.write(".env.changed", "A=1\n");
        sides.write(".env.linked", "A=1\n");
        sides.host("add", ".env.shared", "web/.env ä", ".env.changed", ".env.linked");
        sides.write(".env.changed", "A=2\n");
        sides.write(".env.new", "PORT=1\n");
        Files.delete(sides.project.resolve(".env.linked"));
        Files.createSymbolicLink(sides.project.resolve(".env.linked"), Path.of(".env.shared"));

        assertThat(
                        among(
                                ".env.shared",
                                "web/.env ä",
                                ".env.changed",
                                ".env.linked",
                                ".env.new",
                                ".env.none"))
                .containsExactlyInAnyOrder(".env.shared", "web/.env ä");
        assertThat(among()).isEmpty();
    }

    @Test
    void more_names_than_one_command_line_holds_are_no_obstacle() throws Exception {
        sides.write(".env.shared", "PORT=1\n");
        sides.host("add", ".env.shared");
        var paths = new ArrayList<String>();
        for (int i = 0; i < 700; i++) {
            paths.add(("d".repeat(250) + "/").repeat(14) + ".env." + i);
        }
        paths.add(".env.shared");

        assertThat(among(paths.toArray(String[]::new))).containsExactly(".env.shared");
    }

    @Test
    void a_path_is_no_pattern() throws Exception {
        sides.write(".env.a", "A=1\n");
        sides.host("add", ".env.a");

        assertThat(among(".env*")).isEmpty();
    }
}
