package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GitReachTest {
    private static final String HOOK = ".git/hooks/post-checkout";

    @TempDir Path temporary;
    private Path project;
    private Store store;
    private GitReach reach;
    private SandboxDir blue;

    @BeforeEach
    void a_sandbox_that_cannot_write_git() throws Exception {
        Path top = temporary.toRealPath();
        project = Files.createDirectories(top.resolve("src/project"));
        Files.createDirectories(project.resolve(".git/hooks"));
        store = new Store(TestSandboxes.places(top));
        reach = new GitReach(store, Clock.systemUTC());
        blue = create("blue", project, GitMode.PROTECTED);
        reach.reviewer(blue).begin();
    }

    private SandboxDir create(String name, Path shared, GitMode git, Share... mounts) {
        SandboxSpec spec = spec(name, shared, git, mounts);
        return store.create(spec, "1").orElseThrow();
    }

    private static SandboxSpec spec(String name, Path shared, GitMode git, Share... mounts) {
        Digest image = Digest.of("image");
        return new SandboxSpec(
                new SandboxName(name),
                shared,
                image,
                BuildId.create(image),
                Resources.DEFAULT,
                ShareDriver.AUTO,
                git,
                EgressPolicy.USUAL,
                PortsPolicy.USUAL,
                List.of(mounts),
                null);
    }

    private boolean isShown() throws Exception {
        Files.writeString(project.resolve(HOOK), "");
        return !reach.reviewer(blue).look().concerns().isEmpty();
    }

    @Test
    void its_own_git_directory_is_the_users_affair() throws Exception {
        reach.extendTo(blue);
        create("green", temporary.toRealPath().resolve("elsewhere"), GitMode.DIRECT);

        assertThat(isShown()).isFalse();
    }

    @Test
    void a_sandbox_that_shares_the_same_project_may_have_written_there() throws Exception {
        create("red", project, GitMode.DIRECT);

        assertThat(isShown()).isTrue();
    }

    @Test
    void so_may_one_that_shares_what_is_around_it() throws Exception {
        create("red", temporary.toRealPath().resolve("src"), GitMode.PROTECTED);

        assertThat(isShown()).isTrue();
    }

    @Test
    void so_may_a_mount_unless_it_is_read_only() throws Exception {
        Path other = Files.createDirectories(temporary.toRealPath().resolve("other"));
        create("red", other, GitMode.DIRECT, new Share(project, "/p", Access.READ_ONLY));
        assertThat(isShown()).isFalse();

        create("pink", other, GitMode.DIRECT, new Share(project, "/p", Access.READ_WRITE));
        assertThat(isShown()).isTrue();
    }

    @Test
    void what_it_did_is_still_shown_when_it_is_gone() throws Exception {
        SandboxDir red = create("red", project, GitMode.DIRECT);
        reach.extendTo(red);
        store.remove(red);

        assertThat(isShown()).isTrue();
        reach.reviewer(blue).review(_ -> {});
        Files.delete(project.resolve(HOOK));
        assertThat(reach.reviewer(blue).look().concerns()).isEmpty();
    }

    @Test
    void a_mode_that_was_changed_and_changed_back_leaves_it_shown() throws Exception {
        reach.extendTo(spec("blue", project, GitMode.DIRECT), blue);
        blue.replaceSpec(spec("blue", project, GitMode.DIRECT));
        reach.extendTo(blue);
        blue.replaceSpec(spec("blue", project, GitMode.PROTECTED));

        assertThat(isShown()).isTrue();
    }

    @Test
    void where_auto_is_possible_it_is_as_good_as_protected() throws Exception {
        create("red", project, GitMode.AUTO);

        assertThat(isShown()).isFalse();
    }

    @Test
    void where_auto_shared_git_once_that_is_not_forgotten() throws Exception {
        SandboxDir red = create("red", project, GitMode.AUTO);
        red.noteSharedGit();
        assertThat(isShown()).isTrue();

        red.replaceSpec(spec("red", project, GitMode.PROTECTED));
        reach.extendTo(spec("red", project, GitMode.AUTO), red);
        assertThat(isShown()).isTrue();
    }
}
