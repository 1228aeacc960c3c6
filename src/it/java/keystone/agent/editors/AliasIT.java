package keystone.agent.editors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SharedSandbox;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The shortest way in by the user's own ssh, and what a mounted directory cannot do.
@ExtendWith(Installations.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class AliasIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String CANARY = "the host's own secret";

    private Sandbox sandbox;
    private Installation home;

    @BeforeEach
    void take(SharedSandbox shared) {
        sandbox = shared.sandbox();
        home = shared.home();
    }

    @AfterEach
    void leaveAsItWas() throws Exception {
        var _ = sandbox.keystone("unmount").run().succeeds();
        var _ = sandbox.executing("sudo", "rm", "-rf", "/home/sandbox/tree").run().succeeds();
    }

    @Test
    void ssh_goes_in_by_the_alias_and_takes_nothing_along() throws Exception {
        var ssh = new OwnSsh(home);

        String seen =
                ssh.says(
                        "ssh",
                        OwnSsh.host(sandbox),
                        "id -un; cat /workspace/*.md /dev/null; echo ${SSH_AUTH_SOCK:-no agent}");

        assertThat(seen).startsWith("sandbox").endsWith("no agent");
        assertThat(home.keystone("start", "-d", "--name", sandbox.name()).run().succeeds().output())
                .contains("ssh          ssh " + OwnSsh.host(sandbox));
    }

    /// Each link would lead a program of this host to a file of it.
    @Test
    void links_in_a_mounted_directory_lead_nowhere() throws Exception {
        Path precious = Files.writeString(home.root().resolve("precious"), CANARY);
        String up = "../".repeat(20);
        String _ =
                sandbox.says(
                        "sh",
                        "-ec",
                        """
                        mkdir -p ~/tree/deep; cd ~/tree; echo fine > deep/file
                        ln -s "$1" absolute; ln -s "$2$1" relative; ln -s / root; ln -s .. up
                        ln -s absolute chain; ln -s deep/../relative detour; ln -s deep/file good
                        """,
                        "sh",
                        precious.toString(),
                        up);

        Path tree =
                Path.of(
                        sandbox.keystone("mount", "/home/sandbox/tree", "--json")
                                .run()
                                .succeeds()
                                .object()
                                .string("host"));

        assertThat(tree.resolve("deep/file")).hasContent("fine");
        assertThat(tree.resolve("good")).hasContent("fine");
        for (String link : new String[] {"absolute", "relative", "chain", "detour"}) {
            assertThat(run("cat", tree.resolve(link).toString()).ok()).as(link).isFalse();
        }
        String there = home.root().toString().substring(1);
        assertThat(run("cat", tree.resolve("root/" + there + "/precious").toString()).ok())
                .isFalse();
        assertThat(run("ls", tree.resolve("up").toString() + "/").ok()).isFalse();
        Command.Finished all = run("grep", "-R", "", tree.toString());
        assertThat(all.output()).contains("fine").doesNotContain(CANARY);
        assertThat(run("tee", tree.resolve("absolute").toString()).ok()).isFalse();
        assertThat(precious).hasContent(CANARY);
        assertThat(run("findmnt", "-no", "OPTIONS", tree.toString()).output())
                .contains("nosuid", "nodev");
    }

    private static Command.Finished run(String program, String... arguments)
            throws InterruptedException {
        assertThat(Programs.locate(program)).as(program).isPresent();
        return Command.of(program).with(arguments).run(LIMIT);
    }
}
