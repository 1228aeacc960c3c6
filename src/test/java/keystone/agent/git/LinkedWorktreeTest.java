package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import keystone.agent.git.ProjectRepository.Bare;
import keystone.agent.git.ProjectRepository.ConfiguredByProject;
import keystone.agent.git.ProjectRepository.Found;
import keystone.agent.git.ProjectRepository.GitDirectoryElsewhere;
import keystone.agent.git.SyncOutcome.CheckedOutElsewhere;
import keystone.agent.git.SyncOutcome.Done;
import keystone.agent.git.SyncOutcome.OperationInProgress;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A project whose git directory is elsewhere: a linked worktree, or a submodule's.
@Timeout(60)
class LinkedWorktreeTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides main;
    private TwoSides sides;

    @BeforeEach
    void a_project_that_is_a_linked_worktree_on_the_branch_topic() throws Exception {
        main = TwoSides.in(top);
        Path other = top.toRealPath().resolve("other");
        Files.createDirectories(other);
        main.host("worktree", "add", "--quiet", "-b", "topic", other.resolve("project").toString());
        sides = TwoSides.at(other);
        sides.makeGuest(main.project.resolve(".git"), "topic");
    }

    private static ProjectRepository found(Path project) {
        return HostRepository.find(project, HostUser.current().ids(), HostUser.current());
    }

    private Path own(String file) {
        return main.project.resolve(".git/worktrees/project").resolve(file);
    }

    @Test
    void it_is_found_with_what_is_its_own_and_what_is_not() throws Exception {
        HostRepository repository = sides.repository();

        assertThat(repository.isElsewhere()).isTrue();
        assertThat(repository.project()).isEqualTo(sides.project);
        assertThat(repository.gitDirectory()).isEqualTo(own(""));
        assertThat(repository.index()).isEqualTo(own("index"));
        assertThat(repository.objects()).isEqualTo(main.project.resolve(".git/objects"));
    }

    @Test
    void its_own_branch_comes_forward_with_its_index() throws Exception {
        HostRefs refs = sides.repository().pin(TwoSides.NAME);
        assertThat(refs.head()).isEqualTo(new Head.OnBranch("topic"));
        assertThat(refs.branches()).containsOnlyKeys("main", "topic");
        String before = main.host("rev-parse", "main");
        sides.write("README", "from the guest\n");
        String tip = sides.commitInGuest("Inside");

        assertThat(sides.sync()).isEqualTo(new Done("topic", 1, new ObjectId(tip)));

        assertThat(sides.status()).isEmpty();
        assertThat(sides.host("log", "-1", "--format=%s %D")).isEqualTo("Inside HEAD -> topic");
        assertThat(main.status()).isEmpty();
        assertThat(main.host("rev-parse", "main")).isEqualTo(before);
        assertThat(own("index.lock")).doesNotExist();
    }

    @Test
    void the_branch_of_another_work_tree_stays() throws Exception {
        sides.guest("switch", "--quiet", "main");
        sides.write("README", "on main\n");
        sides.commitInGuest("On main");

        assertThat(sides.sync(new SyncRequest(Optional.of("main"), SyncRequest.Gitlinks.REFUSE)))
                .isEqualTo(new CheckedOutElsewhere("main", main.project));
    }

    @Test
    void only_an_operation_of_its_own_is_in_the_way() throws Exception {
        sides.write("README", "from the guest\n");
        sides.commitInGuest("Inside");
        Files.createFile(main.project.resolve(".git/MERGE_HEAD"));
        Files.createFile(own("BISECT_LOG"));

        assertThat(sides.sync()).isEqualTo(new OperationInProgress("bisect"));

        Files.delete(own("BISECT_LOG"));
        assertThat(sides.sync()).isInstanceOf(Done.class);
    }

    @Test
    void what_it_has_staged_is_pinned() throws Exception {
        sides.write("new", "first\n");
        sides.host("add", "new");
        sides.repository().pin(TwoSides.NAME);
        Files.copy(
                own("index"),
                sides.guestDirectory.resolve("index"),
                StandardCopyOption.REPLACE_EXISTING);
        sides.host("rm", "--quiet", "--cached", "new");
        main.host("gc", "--quiet", "--prune=now");

        assertThat(sides.guest("cat-file", "blob", ":new")).isEqualTo("first");
    }

    @Test
    void one_of_a_bare_repository_is_as_good() throws Exception {
        Path bare = top.toRealPath().resolve("bare.git");
        String from = main.project.toString();
        TwoSides.mustGit(List.of(), "clone", "--quiet", "--bare", from, bare.toString());
        Path tree = top.toRealPath().resolve("tree");
        TwoSides.mustGit(
                List.of("-C", bare.toString()), "worktree", "add", "--quiet", tree.toString());

        assertThat(found(tree)).isInstanceOf(Found.class);

        main.host("config", "extensions.worktreeConfig", "true");
        sides.host("config", "--worktree", "core.bare", "true");
        assertThat(found(sides.project)).isEqualTo(new Bare());
    }

    @Test
    void a_configuration_of_the_guests_is_told() throws Exception {
        Files.writeString(
                main.project.resolve(".git/config"),
                "[include]\n\tpath = " + sides.project.resolve("evil") + "\n",
                StandardOpenOption.APPEND);

        assertThat(found(sides.project))
                .isEqualTo(new ConfiguredByProject(sides.project.resolve("evil")));
    }

    @Test
    void a_file_that_leads_to_a_work_tree_of_another_project_is_not_believed() throws Exception {
        Path victim = top.toRealPath().resolve("victim");
        main.host("worktree", "add", "--quiet", victim.toString());
        Files.copy(
                victim.resolve(".git"),
                sides.project.resolve(".git"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(found(sides.project)).isEqualTo(new GitDirectoryElsewhere());

        Files.writeString(
                sides.project.resolve(".git"), "gitdir: " + main.project.resolve(".git") + "\n");
        assertThat(found(sides.project)).isEqualTo(new GitDirectoryElsewhere());
    }

    @Test
    void nor_is_one_that_leads_into_the_project_also_by_a_link() throws Exception {
        Path planted = sides.project.resolve("evil/worktrees/project");
        Files.createDirectories(planted);
        Files.writeString(planted.resolve("gitdir"), sides.project.resolve(".git") + "\n");
        Files.writeString(planted.resolve("commondir"), "../..\n");
        Files.writeString(sides.project.resolve(".git"), "gitdir: " + planted + "\n");
        assertThat(found(sides.project)).isEqualTo(new GitDirectoryElsewhere());

        Path link = Files.createSymbolicLink(top.toRealPath().resolve("link"), planted);
        Files.writeString(sides.project.resolve(".git"), "gitdir: " + link + "\n");
        assertThat(found(sides.project)).isEqualTo(new GitDirectoryElsewhere());

        Path submodule = sides.project.resolve("sub");
        Files.createDirectories(submodule);
        Files.writeString(submodule.resolve("config"), "[core]\n\tworktree = ..\n");
        Files.writeString(sides.project.resolve(".git"), "gitdir: sub\n");
        assertThat(found(sides.project)).isEqualTo(new GitDirectoryElsewhere());

        Files.writeString(sides.project.resolve(".git"), "gitdir: \0\n");
        assertThat(found(sides.project)).isEqualTo(new GitDirectoryElsewhere());
    }

    @Test
    void a_submodule_is_a_project_like_any_other() throws Exception {
        TwoSides above = TwoSides.at(Files.createDirectory(top.resolve("outer")));
        Path outer = above.project;
        above.host("init", "--quiet", "--initial-branch=main");
        String from = main.project.toString();
        above.host("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", from, "lib");

        ProjectRepository found = found(outer.resolve("lib"));

        assertThat(found).isInstanceOf(Found.class);
        HostRepository repository = ((Found) found).repository();
        assertThat(repository.objects()).isEqualTo(outer.resolve(".git/modules/lib/objects"));
        assertThat(repository.pin(TwoSides.NAME).branches()).containsOnlyKeys("main");
    }
}
