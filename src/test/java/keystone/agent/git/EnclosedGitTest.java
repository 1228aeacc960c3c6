package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What a git that writes files can reach, wherever it is led: here it is told to.
@Timeout(60)
class EnclosedGitTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;
    private Path scratch;
    private Git git;
    private Confinement confinement;

    @BeforeEach
    void an_index_apart() throws Exception {
        sides = TwoSides.in(top);
        var self = HostUser.current();
        confinement = new ConfinementSearch(self).tightest(self.ids());
        assumeTrue(confinement.hasPlaces(), "this host permits no user namespaces");
        git = new Git(Layout.plain(sides.project), new AsOwner(self.ids(), self));
        scratch = Files.createDirectories(sides.project.resolve(".git/keystone/files"));
        Files.copy(sides.project.resolve(".git/index"), scratch.resolve("index"));
    }

    private Command.Finished writing(String place) throws InterruptedException {
        return git.enclosed(
                confinement, scratch, "index", "checkout-index", "--all", "--prefix=" + place);
    }

    @Test
    void it_writes_the_projects_files() throws Exception {
        assertThat(writing("copy/").ok()).isTrue();

        assertThat(sides.project.resolve("copy/README")).hasContent("hello\n");
    }

    @Test
    void it_writes_nothing_of_gits_own() throws Exception {
        assertThat(writing(".git/hooks/").ok()).isFalse();
        assertThat(writing("/git/hooks/").ok()).isFalse();

        assertThat(sides.project.resolve(".git/hooks/README")).doesNotExist();
    }

    @Test
    void it_writes_nothing_elsewhere_also_through_a_link() throws Exception {
        Path outside = Files.createDirectory(top.toRealPath().resolve("outside"));
        Files.createSymbolicLink(sides.project.resolve("away"), outside);

        assertThat(writing("away/").ok()).isFalse();
        assertThat(writing(outside + "/").ok()).isFalse();

        assertThat(outside).isEmptyDirectory();
    }
}
