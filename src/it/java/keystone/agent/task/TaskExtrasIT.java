package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.desktop.RealDesktop;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What comes with a prompt, what is known of a task afterwards, and who is told of it.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
final class TaskExtrasIT {
    private static final Duration TASK = Duration.ofMinutes(3);
    private static final int USAGE = 2;
    private static final int FAILED = 10;
    private static final byte[] PNG = {
        (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 0
    };

    private RealDesktop screen;
    private Sandbox shop;
    private Project project;

    @BeforeAll
    void start(Installation home, @TempDir Path top) throws Exception {
        screen = new RealDesktop(top);
        project = home.project("shop");
        project.git("config", "user.name", "Ada");
        project.git("config", "user.email", "ada@example.org");
        project.write(".gitignore", "built\n");
        project.write(".keystone/agent.toml", "[worktree]\ncopy = [\"built\", \"absent\"]\n");
        project.git("add", ".");
        project.git("commit", "--quiet", "--message=Settings");
        Files.createDirectories(project.path().resolve("built/deep"));
        project.write("built/deep/x", "made earlier\n");
        home.keystone("config", "approve", "--yes", project.path().toString()).run().succeeds();
        Invocation starting = home.starting(project, "--git", "protected");
        for (var each : screen.environment().entrySet()) {
            starting = starting.with(each.getKey(), each.getValue());
        }
        starting.run().succeeds();
        shop = home.sandbox("shop", project);
        home.keystone(
                        "cp",
                        Path.of("src/it/resources/tasks/agent.py").toAbsolutePath().toString(),
                        shop.name() + ":/home/sandbox/agent.py")
                .run()
                .succeeds();
    }

    @AfterAll
    void close() {
        screen.close();
    }

    private Invocation task(String... words) {
        var all = new ArrayList<>(List.of("task"));
        all.addAll(List.of(words));
        return shop.home().keystone(all.toArray(String[]::new)).in(project.path()).within(TASK);
    }

    private Invocation agent(String prompt, String... flags) {
        var all =
                new ArrayList<>(
                        List.of("run", "--agent", "scripted", "--command", "python3 ~/agent.py"));
        all.addAll(List.of(flags));
        all.add(prompt);
        return task(all.toArray(String[]::new));
    }

    private String id(String prompt) throws InterruptedException {
        return task("list", "--json").run().succeeds().objects().stream()
                .filter(each -> each.string("prompt").contains(prompt))
                .findFirst()
                .orElseThrow()
                .string("id");
    }

    @Test
    void an_agent_gets_its_model_and_what_was_attached() throws Exception {
        Path outside = shop.home().userHome().resolve("my picture.png");
        Files.write(outside, PNG);
        project.write("notes.txt", "remember\n");

        agent(
                        "blocks seen",
                        "--model",
                        "small",
                        "--attach",
                        outside.toString(),
                        "--attach",
                        "notes.txt")
                .run()
                .succeeds();

        String seen = task("diff", id("blocks seen")).run().succeeds().output();
        assertThat(seen)
                .contains("model small", "text", "image image/png 12", "remember")
                .containsPattern(
                        "resource_link file:///worktrees/.attached/[a-z0-9]{6}/my_picture.png");
        assertThat(agent("blocks other", "--model", "huge").run().endsWith(FAILED).errors())
                .contains("does not take the model `huge`; it offers: small, large");
        Files.delete(project.path().resolve("notes.txt"));
    }

    @Test
    void what_a_script_was_given_lies_beside_its_worktree() throws Exception {
        Path large = shop.home().userHome().resolve("large");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(12 << 20);
        }

        assertThat(
                        task(
                                        "run",
                                        "--agent",
                                        "shell",
                                        "--attach",
                                        large.toString(),
                                        "stat -c %s \"$KEYSTONE_ATTACHED/large\"; cat built/deep/x")
                                .run()
                                .succeeds()
                                .output())
                .contains(String.valueOf(12 << 20), "made earlier");
        String id = id("stat -c");
        assertThat(task("follow", id).run().errors()).contains("`absent` is not copied");
        assertThat(task("show", id, "--json").run().succeeds().object().number("commits")).isZero();

        shop.says("ln", "-sfn", "/etc/hostname", "/workspace/trap");
        Path trap = project.path().resolve("trap");
        assertThat(Patience.until(TASK, () -> Files.isSymbolicLink(trap))).isTrue();
        task("run", "--agent", "shell", "--attach", "trap", "true").run().endsWith(USAGE);
        Files.delete(trap);
    }

    @Test
    void what_the_sandbox_asked_for_meanwhile_is_on_record() throws Exception {
        String script =
                "python3 -c \"import urllib.request as u; u.urlopen('http://shop.invalid:81/')\""
                        + " || echo refused";
        task("run", "--agent", "shell", script).run().succeeds();
        String id = id("shop.invalid");

        Json.Obj shown = task("show", id, "--json").run().succeeds().object();
        assertThat(shown.array("hosts")).hasSize(1);
        Json.Obj host = shown.array("hosts").getFirst().asObject();
        assertThat(host.string("host")).isEqualTo("shop.invalid");
        assertThat(host.number("port")).isEqualTo(81);
        assertThat(host.string("verdict")).isEqualTo("refused");
        assertThat(task("show", id).run().succeeds().output())
                .contains("shop.invalid:81 (refused)");
        assertThat(task("export", id).run().succeeds().output())
                .contains("### Hosts", "shop.invalid:81 (refused)");
        assertThat(task("follow", "--json", id).run().succeeds().output())
                .contains("\"kind\":\"contacted\"");

        task("reject", id).run().succeeds();
        String ref = "refs/keystone/shop/tasks/" + id;
        assertThat(project.git("for-each-ref", "refs/keystone")).contains(ref);
        assertThat(prune("--dry-run").run().succeeds().output())
                .contains(ref, "its task was rejected");
        assertThat(project.git("for-each-ref", "refs/keystone")).contains(ref);
        prune("-f").run().succeeds();
        assertThat(project.git("for-each-ref", "refs/keystone")).doesNotContain(ref);
    }

    private Invocation prune(String flag) {
        return shop.home().keystone("prune", flag).in(project.path()).within(TASK);
    }

    @Test
    void a_question_that_nobody_follows_is_answered_on_the_desktop() throws Exception {
        String id =
                task(
                                "submit",
                                "--agent",
                                "scripted",
                                "--command",
                                "python3 ~/agent.py",
                                "yesno on the desktop")
                        .run()
                        .succeeds()
                        .text();
        screen.awaitShown(1);
        screen.press("Yes");

        task("follow", id).run().succeeds();
        assertThat(task("diff", id).run().succeeds().output()).contains("\"sure\": true");
        screen.dismiss();
        assertThat(screen.history()).contains("Task " + id + " asks: Really?");
    }

    @Test
    void limits_end_a_task_or_are_told_of() throws Exception {
        assertThat(agent("write bill", "--budget", "0.10").run().endsWith(FAILED).errors())
                .contains("it has cost 0.2500 USD, which is more than it may");
        agent("write bill2", "--budget", "0.30").run().succeeds();
        assertThat(
                        agent("hang", "--stall", "2s", "--timeout", "12s")
                                .run()
                                .endsWith(FAILED)
                                .errors())
                .contains("nothing was heard of the agent for 2 s", "it was not done within 12 s");
        assertThat(
                        agent(
                                        "write checked",
                                        "--check",
                                        "grep written checked && ! grep x checked")
                                .run()
                                .succeeds()
                                .output())
                .contains("written");
    }
}
