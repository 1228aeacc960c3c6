package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.store.Places;
import keystone.agent.store.Store;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectsTest {
    @TempDir Path temporary;
    private Path home;
    private Path project;
    private Store store;
    private Projects projects;

    @BeforeEach
    void open() throws Exception {
        temporary = temporary.toRealPath();
        home = Files.createDirectories(temporary.resolve("home/user"));
        project = Files.createDirectories(home.resolve("blue"));
        var places =
                new Places(
                        home.resolve(".local/state/ka"),
                        home.resolve(".cache/ka"),
                        home.resolve(".config/ka"),
                        temporary.resolve("run"));
        store = new Store(places);
        projects = new Projects(store, places, home);
    }

    private void sandbox(String name, Path at) {
        var spec = TestSandboxes.spec(new SandboxName(name), at);
        assertThat(store.create(spec, "1")).isPresent();
    }

    private SandboxName chosen(Path directory) {
        return projects.choose(null, directory).name();
    }

    @Test
    void the_project_is_the_repository_around_the_directory() throws Exception {
        Files.createDirectory(project.resolve(".git"));
        Path deep = Files.createDirectories(project.resolve("src/main"));

        assertThat(projects.around(deep)).isEqualTo(project);
    }

    @Test
    void without_a_repository_the_project_is_the_directory() throws Exception {
        Path deep = Files.createDirectories(project.resolve("src"));

        assertThat(projects.around(deep)).isEqualTo(deep);
    }

    @Test
    void a_home_directory_that_is_a_repository_is_no_project() throws Exception {
        Files.createDirectory(home.resolve(".git"));

        assertThat(projects.around(project)).isEqualTo(project);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/home",
                "/etc",
                "/proc",
                "/usr",
                "/root",
                "/tmp",
                "/var/tmp",
                "/var",
                "/run",
                "/etc/apt",
                "/var/lib",
                "/var/lib/dpkg",
                "/usr/bin",
                "/usr/lib",
                "/dev",
                "/sys"
            })
    void the_system_is_no_project(String directory) {
        assertThatThrownBy(() -> projects.check(Path.of(directory)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("not a project");
    }

    @Test
    void the_home_directory_and_what_holds_it_are_no_projects() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), home);

        for (Path tooMuch : List.of(home, home.getParent(), temporary, link)) {
            assertThatThrownBy(() -> projects.check(tooMuch)).isInstanceOf(UserError.class);
        }
    }

    @Test
    void what_holds_keys_or_settings_is_no_project() throws Exception {
        Files.createDirectories(home.resolve(".config/gcloud"));

        for (String kept : List.of(".ssh", ".gnupg", ".gnupg/deeper", ".config", ".config/gh")) {
            Path directory = Files.createDirectories(home.resolve(kept));
            assertThatThrownBy(() -> projects.check(directory))
                    .isInstanceOfSatisfying(
                            UserError.class,
                            error -> {
                                assertThat(error.problem())
                                        .contains(directory + " is not a project");
                                assertThat(error.fix()).contains("start PROJECT");
                            });
        }
    }

    @Test
    void what_one_program_keeps_may_be_a_project() throws Exception {
        Path editor = Files.createDirectories(home.resolve(".config/nvim"));

        assertThat(projects.check(editor)).isEqualTo(editor);
    }

    @Test
    void a_project_that_another_guest_exchanged_for_a_link_is_refused() throws Exception {
        Path secrets = Files.createDirectories(home.resolve("secrets"));
        Path inner = Files.createSymbolicLink(project.resolve("inner"), secrets);

        assertThat(projects.check(inner)).isEqualTo(secrets);
        sandbox("outer", project);

        assertThatThrownBy(() -> projects.check(inner))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("which a guest can change");
    }

    @Test
    void our_own_files_are_no_project() throws Exception {
        Path state = Files.createDirectories(home.resolve(".local/state/ka"));

        assertThatThrownBy(() -> projects.check(state)).hasMessageContaining("own files");
        assertThatThrownBy(() -> projects.check(home.resolve(".local")))
                .hasMessageContaining("own files");
    }

    @Test
    void a_missing_project_is_refused() {
        assertThatThrownBy(() -> projects.check(home.resolve("gone")))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.kind()).isEqualTo(UserError.Kind.USAGE));
    }

    @Test
    void the_sandbox_is_that_of_the_innermost_project_around() throws Exception {
        Path inner = Files.createDirectories(project.resolve("inner/deep"));
        sandbox("outer", project);
        sandbox("inner", project.resolve("inner"));

        assertThat(chosen(inner).value()).isEqualTo("inner");
        assertThat(chosen(project).value()).isEqualTo("outer");
    }

    @Test
    void two_sandboxes_of_one_project_have_to_be_told_apart() {
        sandbox("one", project);
        sandbox("two", project);

        assertThatThrownBy(() -> chosen(project))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.kind()).isEqualTo(UserError.Kind.USAGE);
                            assertThat(error.problem()).contains("one, two");
                        });
        assertThat(projects.choose(new SandboxName("two"), project).name().value())
                .isEqualTo("two");
    }

    @Test
    void no_sandbox_is_not_found() {
        assertThatThrownBy(() -> chosen(project))
                .isInstanceOfSatisfying(
                        UserError.class, error -> assertThat(error.kind().exitCode()).isEqualTo(3));
    }
}
