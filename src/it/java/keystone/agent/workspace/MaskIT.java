package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Files of the project that root in the guest cannot read, and those that it can and a person is
/// told of.
@ExtendWith(Installations.class)
@Tag("full")
final class MaskIT {
    private static final Duration NOTICED = Duration.ofSeconds(20);

    /// Whatever holds it must stay on the host.
    private final String canary =
            "canary-" + Long.toHexString(ThreadLocalRandom.current().nextLong());

    private final String open = "open-" + Long.toHexString(ThreadLocalRandom.current().nextLong());

    /// Tries what root could do about a file that something is laid over, and looks for its content
    /// everywhere. What it says, it has found.
    private static final String ATTACK =
            """
            cd /workspace
            for file in .env web/.env.local secrets/deep/key config/real; do
              cat $file | grep "$1"
              rm -rf $file; mv $file moved; ln $file linked; cp $file copied; sh -c ": > $file"
              chmod 777 $file; umount $file; grep -rs "$1" moved linked copied $file
              rm -rf moved linked copied
            done 2>/dev/null
            for directory in web secrets config; do
              mv $directory renamed && grep -rs "$1" renamed
              [ -e renamed ] && mv renamed $directory
            done 2>/dev/null
            umount -l /workspace/.git 2>/dev/null
            grep -rsal "$1" /workspace
            for share in /run/ks-share /mnt; do grep -rsal "$1" $share; done
            true
            """;

    @Test
    void over_9p(Installation home) throws Exception {
        holds(home, "9p");
    }

    @Test
    void over_virtiofs() throws Exception {
        try (Installation home = Installation.withOwnImages().withVirtiofsd()) {
            holds(home, "virtiofs");
        }
    }

    private void holds(Installation home, String driver) throws Exception {
        configure(home, "[workspace]\nmask = [\"secrets/\"]\n");
        Project project = prepared(home);
        Ended started = home.starting(project, "--share", driver).run().succeeds();
        Sandbox sandbox = home.sandbox("masked", project);

        assertThat(started.output())
                .contains(
                        "masked       .env, config/real, hard/.env, node_modules/x/.env and 2 more")
                .contains("not masked   .env.shared: it is in the repository");
        assertThat(started.errors())
                .contains("the guest can read .env.shared (it is in the repository, too")
                .contains("the guest can read certs/server.pem, which by its name may hold")
                .doesNotContain(canary);
        Json.Obj masking = sandbox.status().object("masking");
        assertThat(masking.array("masked").toString())
                .contains(".env", "config/real", "node_modules/x/.env", "secrets", "web/.env.local")
                .doesNotContain("venv", "outside");
        assertThat(masking.array("readable").toString())
                .contains(".env.shared", "hard/.env", "has another name")
                .doesNotContain("secrets");
        assertThat(masking.get("problem")).isNull();

        // Before the attack, which takes the guest's git away from it.
        Wait.until(
                "git inside passes over what is masked",
                NOTICED,
                () -> isIgnored(sandbox, "config/real"));
        assertThat(sandbox.says("sh", "-c", "git add -A && git diff --cached --name-only"))
                .doesNotContain("config/real", "web/.env.local");

        assertThat(sandbox.says("sudo", "sh", "-c", ATTACK, "sh", canary))
                .as("only under a name that is not masked")
                .isEqualTo("/workspace/hard/other");
        assertThat(Files.readString(sandbox.dir().supervisorLog()))
                .as("what lies over a file goes with its directory")
                .doesNotContain("the guest can read");
        assertThat(sandbox.says("cat", ".env")).startsWith("# keystone-agent masks this file");
        assertThat(sandbox.says("ls", "-A", "secrets")).isEmpty();
        assertThat(sandbox.says("cat", ".env.example")).isEqualTo("KEY=");
        assertThat(project.read(".env")).isEqualTo("KEY=" + canary + "\n");
        assertThat(project.read("web/.env.local")).isEqualTo("KEY=" + canary + "\n");

        whatTakesItsPlaceIsToldOf(project, sandbox);
        Ended _ = sandbox.keystone("restart").within(Duration.ofMinutes(5)).run().succeeds();
        assertThat(
                        sandbox.says(
                                "sudo",
                                "sh",
                                "-c",
                                "grep -rsal $1 /workspace --include='.env*'; [ $? = 1 ]",
                                "sh",
                                open))
                .as("the next start masks them")
                .isEqualTo("");
    }

    /// As many as there are ways.
    private Project prepared(Installation home) throws IOException, InterruptedException {
        Project project = home.project("masked");
        String text = "KEY=" + canary + "\n";
        project.write(".gitignore", ".env\n.env.local\nnode_modules/\n");
        project.write(".env.example", "KEY=\n");
        project.write(".env.shared", "PORT=3000\n");
        project.git("add", ".");
        project.git("commit", "--quiet", "--message=Settings");
        for (String each :
                List.of(
                        ".env",
                        "web/.env.local",
                        "secrets/deep/key",
                        "config/real",
                        "hard/.env",
                        "node_modules/x/.env")) {
            project.write(each, text);
        }
        project.write("venv/.env.d/activate", "true\n");
        project.write("certs/server.pem", "a certificate\n");
        Path top = project.path();
        Files.createLink(top.resolve("hard/other"), top.resolve("hard/.env"));
        Files.createSymbolicLink(top.resolve("config/.env"), Path.of("real"));
        Files.createSymbolicLink(top.resolve(".env.outside"), Path.of("/etc/passwd"));
        return project;
    }

    private static void configure(Installation home, String toml) throws IOException {
        Path file = home.root().resolve("config/keystone/agent.toml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, toml);
    }

    /// As an editor saves a file, as a person makes one, and one deep down.
    private void whatTakesItsPlaceIsToldOf(Project project, Sandbox sandbox) throws Exception {
        String text = "KEY=" + open + "\n";
        project.write("new.tmp", text);
        Files.move(
                project.path().resolve("new.tmp"),
                project.path().resolve(".env"),
                StandardCopyOption.ATOMIC_MOVE);
        project.write("brand/new/.env.prod", text);

        Wait.until(
                "status tells of both",
                NOTICED,
                () -> readable(sandbox).contains("brand/new/.env.prod"));
        assertThat(readable(sandbox))
                .contains(
                        "{\"path\":\".env\",\"why\":\"it was put in the place of one that was masked\"}",
                        "{\"path\":\"brand/new/.env.prod\",\"why\":\"it was put there after the start\"}");
        assertThat(sandbox.keystone("status").run().succeeds().output())
                .contains("not masked   .env: it was put in the place of one that was masked");
        assertThat(Files.readString(sandbox.dir().supervisorLog()))
                .contains(
                        "the guest can read",
                        "brand/new/.env.prod",
                        "keystone-agent restart masked")
                .doesNotContain(open);
        assertThat(sandbox.says("cat", "brand/new/.env.prod")).isEqualTo(text.strip());
    }

    private static boolean isIgnored(Sandbox sandbox, String file) {
        try {
            return sandbox.executing("git", "check-ignore", file).run().status() == 0;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String readable(Sandbox sandbox) {
        try {
            return sandbox.status().object("masking").array("readable").stream()
                    .map(Json::compact)
                    .toList()
                    .toString();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
