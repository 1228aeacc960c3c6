package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import keystone.agent.git.ProjectRepository.Bare;
import keystone.agent.git.ProjectRepository.Borrows;
import keystone.agent.git.ProjectRepository.ConfiguredByProject;
import keystone.agent.git.ProjectRepository.Found;
import keystone.agent.git.ProjectRepository.GitDirectoryElsewhere;
import keystone.agent.git.ProjectRepository.Misplaced;
import keystone.agent.git.ProjectRepository.NoRepository;
import keystone.agent.git.ProjectRepository.OtherWorkTree;
import keystone.agent.git.ProjectRepository.Subdirectory;
import keystone.agent.git.ProjectRepository.TreesMissing;
import keystone.agent.git.ProjectRepository.Unfit;
import keystone.agent.git.ProjectRepository.UnknownFormat;
import keystone.agent.git.ProjectRepository.Unreadable;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RepositorySearchTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;

    @BeforeEach
    void a_project() throws Exception {
        sides = TwoSides.in(top);
    }

    private Path git(String file) {
        return sides.project.resolve(".git").resolve(file);
    }

    private ProjectRepository found() {
        return found(sides.project);
    }

    private static ProjectRepository found(Path project) {
        var self = HostUser.current();
        ProjectRepository found = HostRepository.find(project, self.ids(), self);
        if (found instanceof Unfit unfit) {
            assertThat(unfit.reason()).isNotBlank().doesNotEndWith(".");
        }
        return found;
    }

    private void configure(String text) throws Exception {
        Files.writeString(git("config"), text, StandardOpenOption.APPEND);
    }

    @Test
    void a_repository_is_found_at_its_top() throws Exception {
        assertThat(found()).isInstanceOf(Found.class);
        assertThat(sides.repository().shallow()).isEmpty();
        assertThat(found(Files.createDirectory(sides.project.resolve("sub"))))
                .isEqualTo(new Subdirectory(sides.project));
        assertThat(found(top.toRealPath())).isEqualTo(new NoRepository());
    }

    @Test
    void an_empty_git_directory_is_none() throws Exception {
        Path empty = Files.createDirectory(top.toRealPath().resolve("empty"));
        Files.createDirectory(empty.resolve(".git"));

        assertThat(found(empty)).isEqualTo(new NoRepository());
    }

    @Test
    void a_common_directory_that_somebody_put_there_is_told() throws Exception {
        Files.writeString(git("commondir"), "../elsewhere");

        assertThat(found()).isEqualTo(new GitDirectoryElsewhere());
    }

    @Test
    void bare_ones_are_told() throws Exception {
        Path bare = top.toRealPath().resolve("bare");
        TwoSides.mustGit(List.of(), "init", "--quiet", "--bare", bare.toString());
        assertThat(found(bare)).isEqualTo(new Bare());

        configure("[core]\n\tbare\n");
        assertThat(found()).isEqualTo(new Bare());
    }

    @Test
    void what_it_borrows_from_is_found_also_at_second_hand() throws Exception {
        Path objects = Files.createDirectories(top.toRealPath().resolve("one/objects/info"));
        Path further = Files.createDirectories(top.toRealPath().resolve("two/objects"));
        Path one = top.toRealPath().resolve("one/objects");
        Files.writeString(objects.resolve("alternates"), "../../two/objects\n");
        Files.createSymbolicLink(top.resolve("link"), one);
        Files.writeString(
                git("objects/info/alternates"),
                "# a comment\n\n/not/there\n" + one + "\n" + top.resolve("link") + "\n");

        assertThat(((Found) found()).repository().borrowed()).containsExactly(one, further);
    }

    @Test
    void what_a_guest_cannot_be_given_of_it_is_told() throws Exception {
        Path inside = Files.createDirectories(sides.project.resolve("deep/objects"));
        Path link = Files.createSymbolicLink(top.resolve("link"), inside);
        Path full = Files.createDirectories(top.resolve("full/objects"));
        Files.createSymbolicLink(full.resolve("ab"), inside);
        Path loop = Files.createSymbolicLink(top.resolve("loop"), top.resolve("loop"));
        List<String> lines =
                List.of(
                        inside.toString(),
                        link.toString(),
                        "../../deep/objects",
                        full.toString(),
                        "\"/quoted\"",
                        "/a\0b");
        for (String line : lines) {
            Files.writeString(git("objects/info/alternates"), line + "\n");
            assertThat(found()).as(line).isInstanceOf(Borrows.class);
        }
        Files.writeString(git("objects/info/alternates"), loop + "\n");
        assertThat(found()).isInstanceOf(Found.class);
        Files.delete(git("objects/info/alternates"));
        Files.createSymbolicLink(git("objects/info/alternates"), link);
        assertThat(found()).isInstanceOf(Borrows.class);
    }

    @Test
    void what_it_borrows_must_be_the_owners() throws Exception {
        Path objects = Files.createDirectories(top.toRealPath().resolve("one/objects"));
        Files.writeString(git("objects/info/alternates"), objects + "\n");
        var somebody = new keystone.agent.model.Owner(4242, 4242);

        assertThatThrownBy(() -> new Alternates(sides.project, somebody).of(git("objects")))
                .isInstanceOf(Alternates.Unfit.class)
                .hasMessageContaining("not the project's owner's");
    }

    @Test
    void promises_are_found() throws Exception {
        assertThat(((Found) found()).repository().isPartial()).isFalse();

        Path promise = Files.createFile(git("objects/pack/pack-1.promisor"));
        assertThat(((Found) found()).repository().isPartial()).isTrue();

        Files.delete(promise);
        configure("[remote \"origin\"]\n\tPromisor = true\n");
        assertThat(((Found) found()).repository().isPartial()).isTrue();

        configure("\tpartialCloneFilter = combine:tree:0+blob:none\n");
        assertThat(found()).isEqualTo(new TreesMissing());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[extensions]\n\tobjectFormat = sha256\n",
                "[extensions] refStorage = \"reftable\"\n",
                "[extensions]\n\tsomethingNew\n",
                "[core]\n\trepositoryformatversion = 2\n"
            })
    void unknown_formats_are_told(String text) throws Exception {
        configure(text);

        assertThat(found()).isInstanceOf(UnknownFormat.class);
    }

    @Test
    void formats_that_change_nothing_are_fine() throws Exception {
        configure(
                """
                [extensions]
                    objectFormat = sha1
                    worktreeConfig = true # yes
                [core]
                    repositoryformatversion = 1
                """);
        Files.writeString(git("config.worktree"), "[core]\n\tsparseCheckout = false\n");

        assertThat(found()).isInstanceOf(Found.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"objects", "refs", "objects/pack", "refs/heads", "config", "HEAD"})
    void links_are_told(String place) throws Exception {
        Path away = top.resolve("away");
        Files.move(git(place), away);
        Files.createSymbolicLink(git(place), away);

        assertThat(found()).isEqualTo(new Misplaced(git(place)));
    }

    @Test
    void a_linked_git_directory_is_told() throws Exception {
        Path away = top.resolve("away");
        Files.move(git(""), away);
        Files.createSymbolicLink(sides.project.resolve(".git"), away);

        assertThat(found()).isEqualTo(new Misplaced(sides.project.resolve(".git")));
    }

    @Test
    void another_work_tree_is_told() throws Exception {
        configure("[core]\n\tworktree = /elsewhere\n");

        assertThat(found()).isEqualTo(new OtherWorkTree());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[include]\n\tpath = ../shared.gitconfig\n",
                "[includeIf \"onbranch:x\"]\n\tpath = \"../shared.gitconfig\"\n",
                "[include]\n\tpath = more\n"
            })
    void a_configuration_that_the_guest_writes_is_told(String text) throws Exception {
        Files.writeString(git("more"), "[include]\n\tpath = ../shared.gitconfig\n");
        configure(text);

        assertThat(found())
                .isEqualTo(new ConfiguredByProject(sides.project.resolve("shared.gitconfig")));
    }

    @Test
    void so_is_one_through_a_link() throws Exception {
        Path file = sides.write("shared.gitconfig", "[core]\n");
        Path link = Files.createSymbolicLink(top.toRealPath().resolve("link"), file);
        configure("[include]\n\tpath = " + link + "\n");

        assertThat(found()).isEqualTo(new ConfiguredByProject(link));
    }

    @Test
    void includes_from_elsewhere_are_the_users_business() throws Exception {
        Path file = Files.writeString(top.toRealPath().resolve("mine"), "[core]\n");
        configure("[include]\n\tpath = " + file + "\n\tpath = ~/also\n\tpath = own\n");
        Files.writeString(git("own"), "[alias]\n\tst = \"status \\\n  --short\"\n");

        assertThat(found()).isInstanceOf(Found.class);
    }

    @Test
    void one_that_includes_itself_without_end_is_given_up() throws Exception {
        configure("[include]\n" + "\tpath = config\n".repeat(30));

        assertThat(found()).isEqualTo(new Unreadable(git("config")));
    }

    @Test
    void so_is_one_that_would_fill_the_memory() throws Exception {
        configure("[a]\n" + "b\n".repeat(60_000));

        assertThat(found()).isEqualTo(new Unreadable(git("config")));
    }

    @Test
    void what_git_could_not_read_is_told() throws Exception {
        configure("[core\n");

        assertThat(found()).isEqualTo(new Unreadable(git("config")));
    }
}
