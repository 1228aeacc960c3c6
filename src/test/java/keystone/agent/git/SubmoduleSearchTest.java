package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import keystone.agent.git.ProjectRepository.Found;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SubmoduleSearchTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;
    private TwoSides library;

    @BeforeEach
    void a_project_with_a_library_in_a_directory() throws Exception {
        library = TwoSides.in(Files.createDirectory(top.resolve("library")));
        sides = TwoSides.at(Files.createDirectory(top.resolve("outer")));
        sides.host("init", "--quiet", "--initial-branch=main");
        add(sides, library.project, "libs/one");
        sides.commitHere("Begin");
    }

    private static void add(TwoSides to, Path from, String path) throws Exception {
        to.host(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                from.toString(),
                path);
    }

    private List<Submodule> found() throws InterruptedException {
        return sides.repository().submodules();
    }

    private List<String> places() throws InterruptedException {
        return found().stream()
                .map(each -> each.getClass().getSimpleName() + " " + each.path())
                .toList();
    }

    private Path place(String file) {
        return sides.project.resolve("libs/one").resolve(file);
    }

    @Test
    void one_is_found_with_its_repository() throws Exception {
        assertThat(places()).containsExactly("Present libs/one");
        var present = (Submodule.Present) found().getFirst();

        assertThat(present.repository().gitDirectory())
                .isEqualTo(sides.project.resolve(".git/modules/libs/one"));
        assertThat(present.repository().pin(TwoSides.NAME).branches()).containsOnlyKeys("main");
    }

    @Test
    void those_within_it_come_after_it() throws Exception {
        TwoSides further = TwoSides.in(Files.createDirectory(top.resolve("further")));
        TwoSides inside = TwoSides.at(Files.createDirectory(top.resolve("inside")));
        Files.delete(inside.project);
        Files.createSymbolicLink(inside.project, place("."));
        add(TwoSides.at(top.resolve("inside")), further.project, "deep");

        assertThat(places()).containsExactly("Present libs/one", "Present libs/one/deep");
    }

    @Test
    void one_that_is_not_checked_out_is_an_empty_place() throws Exception {
        sides.host("submodule", "--quiet", "deinit", "libs/one");

        assertThat(places()).containsExactly("Empty libs/one");
    }

    @Test
    void where_git_does_not_look_there_is_none() throws Exception {
        Files.move(sides.project.resolve("libs"), sides.project.resolve("moved"));
        assertThat(places()).isEmpty();

        Files.createSymbolicLink(sides.project.resolve("libs"), Path.of("moved"));
        assertThat(places()).isEmpty();
    }

    @Test
    void one_that_the_guest_could_write_is_told() throws Exception {
        Path moved = sides.project.resolve(".git/modules/libs/one");
        Files.delete(place(".git"));
        Files.move(moved, place(".git"));

        assertThat(found())
                .singleElement()
                .asString()
                .contains("Unfit", "libs/one", "git submodule absorbgitdirs");
    }

    @Test
    void a_file_that_a_guest_may_have_written_is_told() throws Exception {
        Files.writeString(place(".git"), "gitdir: ../../evil\n");
        assertThat(places()).containsExactly("Unfit libs/one");

        // One that names this very place, but is of another repository.
        Path other = top.toRealPath().resolve("other");
        TwoSides.mustGit(List.of(), "init", "--quiet", "--bare", other.toString());
        Files.writeString(
                other.resolve("config"), "[core]\n\tworktree = " + place("").toRealPath() + "\n");
        Files.writeString(place(".git"), "gitdir: " + other + "\n");
        assertThat(found())
                .containsExactly(
                        new Submodule.Unfit(
                                "libs/one", "has its git directory in another repository"));
    }

    @Test
    void a_submodule_of_a_linked_worktree_is_its_own() throws Exception {
        Path linked = top.toRealPath().resolve("linked");
        sides.host("worktree", "add", "--quiet", linked.toString());
        TwoSides.mustGit(
                List.of("-C", linked.toString(), "-c", "protocol.file.allow=always"),
                "submodule",
                "--quiet",
                "update",
                "--init");

        var found = HostRepository.find(linked, HostUser.current().ids(), HostUser.current());
        HostRepository repository = ((Found) found).repository();
        assertThat(repository.submodules()).singleElement().isInstanceOf(Submodule.Present.class);

        Files.copy(
                place(".git"),
                linked.resolve("libs/one/.git"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(repository.submodules()).singleElement().isInstanceOf(Submodule.Unfit.class);
    }
}
