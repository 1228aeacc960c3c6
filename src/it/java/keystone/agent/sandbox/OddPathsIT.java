package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Directories with every character that some layer between us and the guest might take for its
/// own.
@ExtendWith(Installations.class)
final class OddPathsIT {
    private static final String ODD = " a,b;c'd\"e\\f\ng\th$(x)`y`%n*?[z]~&|<>#!=名é -o ro=on ";

    @Test
    void a_project_and_a_mount_with_odd_names_simply_work(Installation home) throws Exception {
        Project project = home.project(ODD);
        Path data = Files.createDirectory(home.root().resolve("data," + ODD));
        Files.writeString(data.resolve("file" + ODD), "data\n");

        Sandbox odd = home.start(project, "--mount", data + ":/mnt/a b,c'd é:ro");

        assertThat(odd.name()).isEqualTo("a-b-c-d-e-f-g-h-x-y-n-z-o-ro-on");
        odd.says("sh", "-c", "cat README && echo inside >\"$0\"", "new" + ODD);
        assertThat(project.read("new" + ODD)).isEqualTo("inside\n");
        assertThat(odd.says("sh", "-c", "cat \"/mnt/a b,c'd é/$0\"", "file" + ODD))
                .isEqualTo("data");
        Ended refused = odd.executing("touch", "/mnt/a b,c'd é/new").run();
        assertThat(refused.status()).isNotZero();
        assertThat(refused.errors()).containsIgnoringCase("read-only");
    }

    @Test
    void its_sandbox_is_found_from_below_it(Installation home) throws Exception {
        Project project = home.project(ODD);
        Path below = Files.createDirectories(project.path().resolve("deep/er " + ODD));
        Sandbox odd = home.start(project);

        Ended status = home.keystone("status", "--json").in(below).run().succeeds();

        assertThat(status.object().string("name")).isEqualTo(odd.name());
        assertThat(status.object().string("project")).isEqualTo(project.path().toString());
    }
}
