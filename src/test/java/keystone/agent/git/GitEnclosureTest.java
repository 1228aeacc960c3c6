package keystone.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.process.Command;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.HostUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What a git could do that a guest has taken over while it read a pack: here it is a shell.
@Timeout(60)
final class GitEnclosureTest {
    private static final String INTO = "refs/keystone/blue/incoming/";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path top;

    private TwoSides sides;
    private GitEnclosure enclosure;

    @BeforeEach
    void a_project() throws Exception {
        sides = TwoSides.in(top);
        var self = HostUser.current();
        assumeTrue(
                new ConfinementSearch(self).tightest(self.ids()).hasPlaces(),
                "this host permits no user namespaces");
        Layout layout = Layout.plain(sides.project);
        var asOwner = new AsOwner(self.ids(), self);
        enclosure = new GitEnclosure(new Git(layout, asOwner), asOwner, layout);
    }

    private Command.Finished shell(String script) throws Exception {
        List<String> before = List.of(AsOwner.located("sh"), "-c", script, "sh");
        return enclosure.around(before, INTO, Map.of(), List.of()).run(Duration.ofSeconds(20));
    }

    private boolean writes(String file) throws Exception {
        return shell("echo evil >>" + file).ok();
    }

    @Test
    void it_writes_packs_and_what_comes() throws Exception {
        assertThat(writes("/git/objects/pack/tmp_pack_x")).isTrue();
        assertThat(writes("/git/" + INTO + "x")).isTrue();

        assertThat(sides.project.resolve(".git/" + INTO + "x")).hasContent("evil");
    }

    @Test
    void it_writes_nothing_else() throws Exception {
        for (String each : List.of("config", "hooks/x", "refs/heads/main", "HEAD", "index")) {
            assertThat(writes("/git/" + each)).as(each).isFalse();
        }
        assertThat(sides.host("rev-parse", "--is-bare-repository")).isEqualTo("false");
    }

    @Test
    void where_the_history_is_cut_off_it_writes_nothing_that_is_obeyed() throws Exception {
        Files.writeString(sides.project.resolve(".git/shallow"), "");

        assertThat(writes("/git/shallow_x")).isTrue();

        for (String each : List.of("config", "hooks/x", "info/attributes")) {
            assertThat(writes("/git/" + each)).as(each).isFalse();
        }
    }

    @Test
    void it_sees_nothing_else_and_nobody() throws Exception {
        Path secret = Files.writeString(top.toRealPath().resolve("secret"), "secret\n");

        assertThat(shell("cat " + secret).ok()).isFalse();
        assertThat(shell("cat " + sides.project.resolve("README")).ok()).isFalse();
        assertThat(shell("grep -v lo: /proc/net/dev").output().lines()).hasSize(2);
    }
}
