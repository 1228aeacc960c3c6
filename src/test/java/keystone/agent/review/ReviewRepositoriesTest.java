package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Directories that git takes for repositories, though they are not called `.git`.
class ReviewRepositoriesTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private Path project;
    private Reviewer reviewer;

    @BeforeEach
    void a_project_without_a_repository() throws Exception {
        project = Files.createDirectory(top.toRealPath().resolve("project"));
        reviewer =
                new Reviewer(
                        project,
                        List.of(),
                        top.resolve("inventory"),
                        Clock.systemUTC(),
                        Reviewer.Reach.ALL);
        write("README", "hello");
        reviewer.begin();
    }

    private void write(String file, String text) throws IOException {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private List<String> concerns() {
        return reviewer.look().concerns().stream()
                .map(each -> each.danger().word() + " " + each.change().path())
                .toList();
    }

    private boolean gitTakes(String directory) throws InterruptedException {
        return Command.of("git", "-C", project.toString(), "rev-parse")
                .with("--resolve-git-dir", directory)
                .run(Duration.ofSeconds(20))
                .ok();
    }

    @Test
    void the_project_itself() throws Exception {
        write("HEAD", "ref: refs/heads/main");
        write("config", "[core]\n");
        Files.createDirectories(project.resolve("objects"));
        Files.createDirectories(project.resolve("refs"));

        assertThat(gitTakes(".")).isTrue();
        assertThat(concerns()).containsExactly("repository config");
    }

    @Test
    void one_whose_parts_lie_elsewhere() throws Exception {
        write("lure/HEAD", "ref: refs/heads/main");
        write("lure/commondir", "../parts");
        write("parts/config", "[core]\n");
        Files.createDirectories(project.resolve("parts/objects"));
        Files.createDirectories(project.resolve("parts/refs"));

        assertThat(gitTakes("lure")).isTrue();
        assertThat(concerns()).containsExactly("repository lure/commondir");
    }

    @Test
    void one_below_a_directory_whose_name_ends_like_a_repositorys() throws Exception {
        write("vendor.git/lib/HEAD", "ref: refs/heads/main");
        write("vendor.git/lib/config", "[core]\n");
        Files.createDirectories(project.resolve("vendor.git/lib/objects"));
        Files.createDirectories(project.resolve("vendor.git/lib/refs"));

        assertThat(gitTakes("vendor.git/lib")).isTrue();
        assertThat(concerns()).containsExactly("repository vendor.git/lib/config");
    }

    @Test
    void a_link_into_one_leads_what_this_host_writes_there() throws Exception {
        Files.createSymbolicLink(project.resolve("build.log"), Path.of(".git/hooks/post-checkout"));
        Files.createSymbolicLink(project.resolve("git.log"), Path.of("logs/.gitlog"));

        assertThat(concerns()).containsExactly("link build.log");
    }

    @Test
    void not_one_without_a_head() throws Exception {
        write("parts/config", "[core]\n");
        Files.createDirectories(project.resolve("parts/objects"));
        Files.createDirectories(project.resolve("parts/refs"));

        assertThat(gitTakes("parts")).isFalse();
        assertThat(concerns()).isEmpty();
    }
}
