package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReachTest {
    @Test
    void a_guest_decides_what_lies_in_its_project_or_goes_through_it(@TempDir Path temporary)
            throws IOException {
        Path top = temporary.toRealPath();
        Path project = Files.createDirectories(top.resolve("project/bin"));
        Path own = Files.createDirectories(top.resolve("own"));
        Files.createFile(own.resolve("ssh"));
        // In and out of the project again.
        Files.createSymbolicLink(project.resolve("tool"), own.resolve("ssh"));
        Files.createSymbolicLink(own.resolve("tool"), project.resolve("tool"));
        Files.createSymbolicLink(own.resolve("bin"), project);
        Files.createSymbolicLink(own.resolve("again"), own.resolve("ssh"));
        var reach = new Reach(List.of(project));

        assertThat(List.of(project, project.resolve("new"), own.resolve("bin")))
                .allMatch(reach::includes);
        assertThat(List.of(own.resolve("tool"), own.resolve("bin/../bin/x")))
                .allMatch(reach::includes);
        assertThat(List.of(own, own.resolve("ssh"), own.resolve("again"), top))
                .noneMatch(reach::includes);
    }
}
