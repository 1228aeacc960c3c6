package keystone.agent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.it.Background;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Tasks in a real guest: with the agent that is a shell, and with one that speaks the protocol.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TaskIT {
    private static final String AGENT =
            Path.of("src/it/resources/tasks/agent.py").toAbsolutePath().toString();
    private static final Duration TASK = Duration.ofMinutes(3);
    private static final int WRONG_STATE = 6;
    private static final int FAILED = 10;
    private static final int REFUSED = 11;
    private static final int WAITING = 12;
    private static final int CANCELLED = 13;

    private Sandbox shop;
    private Project project;

    @BeforeAll
    void start(Installation home) throws Exception {
        project = home.project("shop");
        project.git("config", "user.name", "Ada");
        project.git("config", "user.email", "ada@example.org");
        shop = home.start(project, "--git", "protected");
    }

    @Test
    void a_script_works_on_a_branch_and_its_result_is_taken() throws Exception {
        Ended ended = run("echo hi | tee new.txt; printf 'red\\033[31m\\n' >&2").run();

        assertThat(ended.succeeds().output()).contains("hi\nred\n").doesNotContain("\u001b");
        Json.Obj task = only("hi");
        String id = task.string("id");
        assertThat(ended.errors())
                .contains("task " + id + " done", "new.txt | 1 +", "task accept " + id);
        assertThat(task.string("state")).isEqualTo("done");
        assertThat(task.string("branch")).startsWith("task/" + id + "-echo-hi");
        // Nothing of the user's is disturbed.
        assertThat(project.path().resolve("new.txt")).doesNotExist();
        assertThat(task("show", id).run().succeeds().output()).contains("1 commit on task/");
        assertThat(task("follow", id).run().succeeds().output()).contains("hi\n");
        assertThat(task("follow", id, "--json").run().succeeds().output())
                .startsWith("{\"kind\":\"schema\",\"version\":1}\n")
                .contains("\"kind\":\"result\"");
        assertThat(task("diff", id).run().succeeds().output()).contains("+hi");

        project.write("README", "mine\n");
        project.write("new.txt", "mine, too\n");
        assertThat(task("accept", id).run().endsWith(WRONG_STATE).errors()).contains("new.txt");
        assertThat(project.read("new.txt")).isEqualTo("mine, too\n");
        Files.delete(project.path().resolve("new.txt"));
        assertThat(task("accept", id).run().succeeds().output()).contains("1 new commit");
        assertThat(project.read("new.txt")).isEqualTo("hi\n");
        assertThat(project.read("README")).isEqualTo("mine\n");
        project.git("restore", "README");
        assertThat(project.git("status", "--porcelain")).isEmpty();
        assertThat(project.git("log", "-1", "--format=%an %(trailers:key=Keystone-Task,valueonly)"))
                .contains("Ada " + id);
    }

    @Test
    void what_is_cancelled_leaves_nothing_behind() throws Exception {
        String id = submit("setsid sh -c 'exec tail -f /dev/null' & echo begun; tail -f /dev/null");
        try (Background follower = task("follow", id).start()) {
            assertThat(Patience.until(TASK, () -> follower.outputSoFar().contains("begun")))
                    .as("%s", follower)
                    .isTrue();
            task("cancel", id).within(TASK).run().succeeds();
            assertThat(follower.await(TASK).status()).isEqualTo(CANCELLED);
        }
        assertThat(shop.says("sh", "-c", "pgrep -x tail || echo none")).isEqualTo("none");
        assertThat(show(id).string("state")).isEqualTo("cancelled");
    }

    @Test
    @Tag("full")
    void an_agent_asks_and_is_answered_from_elsewhere() throws Exception {
        Ended ended = agent("colour").run();
        assertThat(ended.endsWith(WAITING).errors()).contains("? Which colour?", "1) Red");
        Json.Obj waiting = only("colour");
        String id = waiting.string("id");
        assertThat(waiting.string("state")).isEqualTo("waiting");
        assertThat(waiting.string("question")).isEqualTo("Which colour?");
        assertThat(task("answer", id, "green").run().endsWith(2).errors())
                .contains("none of the choices", "Red, Blue");

        task("answer", id, "colour=Blue", "size=3").run().succeeds();
        task("follow", id).within(TASK).run().succeeds();
        assertThat(task("diff", id).run().succeeds().output())
                .contains("\"action\": \"accept\"", "\"colour\": \"blue\"", "\"size\": 3");
    }

    @Test
    @Tag("full")
    void an_agent_of_ones_own_works_and_is_told_more() throws Exception {
        Ended ended = agent("write notes").run();
        assertThat(ended.succeeds().output())
                .contains("wrote notes in red")
                .doesNotContain("\u001b");
        assertThat(ended.errors()).contains("* Write notes", "[>] write notes", "0.2500 USD");
        String id = only("write notes").string("id");

        task("reply", id, "session please").run().succeeds();
        Ended more = task("follow", "--last", "3", id).within(TASK).run().succeeds();
        assertThat(more.output()).contains("the session is s-").doesNotContain("before");
        task("reply", id, "write more").run().succeeds();
        task("follow", id).within(TASK).run().succeeds();
        assertThat(show(id).number("commits")).isEqualTo(2);
        task("reject", id).run().succeeds();
        assertThat(show(id).string("settled")).isEqualTo("rejected");
        assertThat(project.git("for-each-ref", "refs/keystone/")).contains("/tasks/" + id);
    }

    @Test
    @Tag("full")
    void what_was_done_before_a_question_is_committed_also_when_nobody_replies() throws Exception {
        assertThat(agent("unsure draft").run().endsWith(WAITING).output()).contains("well so?");
        String id = only("unsure draft").string("id");

        task("cancel", id).within(TASK).run().succeeds();

        assertThat(show(id).string("state")).isEqualTo("cancelled");
        assertThat(show(id).number("commits")).isEqualTo(1);
        assertThat(task("diff", id).run().succeeds().output()).contains("+a draft");
    }

    @Test
    @Tag("full")
    void a_question_that_a_stop_left_open_is_asked_again(Installation home) throws Exception {
        Project other = home.project("asked");
        Sandbox sandbox = home.start(other, "--git", "protected");
        home.keystone("cp", AGENT, "asked:/home/sandbox/agent.py").run().succeeds();
        String words = submitTo(other, "question later");
        String form = submitTo(other, "colour later");
        for (String each : List.of(words, form)) {
            home.keystone("task", "follow", each).within(TASK).run().endsWith(WAITING);
        }

        sandbox.keystone("stop").within(TASK).run().succeeds();
        for (String each : List.of(words, form)) {
            assertThat(home.keystone("task", "follow", each).run().endsWith(FAILED).errors())
                    .contains("stopped before somebody answered")
                    .contains("keystone-agent task resume " + each);
        }
        sandbox.starting().run().succeeds();
        home.keystone("task", "resume", words).run().succeeds();
        assertThat(home.keystone("task", "show", words).run().succeeds().output())
                .contains("task " + words + " waiting", "? Which file do you mean?");
        home.keystone("task", "answer", words, "write answered").run().succeeds();
        assertThat(home.keystone("task", "follow", words).within(TASK).run().succeeds().output())
                .contains("wrote answered");
        home.keystone("task", "resume", form).run().succeeds();
        assertThat(home.keystone("task", "follow", form).within(TASK).run().succeeds().errors())
                .contains("ask it again");
        sandbox.keystone("stop").within(TASK).run().succeeds();
    }

    private String submitTo(Project other, String prompt) throws InterruptedException {
        return shop.home()
                .keystone(
                        "task",
                        "submit",
                        "--agent",
                        "scripted",
                        "--command",
                        "python3 /home/sandbox/agent.py",
                        prompt)
                .in(other.path())
                .run()
                .succeeds()
                .text();
    }

    @Test
    @Tag("full")
    void one_that_is_cut_off_before_its_agent_greets_is_told_all_of_it() throws Exception {
        String late =
                "[ -e ~/greets ] && exec python3 ~/agent.py; touch ~/greets; exec tail -f /dev/null";
        String _ = shop.says("sh", "-c", "echo '" + late + "' >~/late.sh");
        bringAgent();
        String id =
                task(
                                "submit",
                                "--agent",
                                "late",
                                "--command",
                                "sh /home/sandbox/late.sh",
                                "write it")
                        .run()
                        .succeeds()
                        .text();
        shop.executing("sh", "-c", "until [ -e ~/greets ]; do sleep 1; done")
                .within(TASK)
                .run()
                .succeeds();
        task("cancel", id).within(TASK).run().succeeds();

        task("resume", id).run().succeeds();
        assertThat(task("follow", id).within(TASK).run().succeeds().output()).contains("wrote it");
    }

    @Test
    @Tag("full")
    void every_way_to_end_has_its_exit_code() throws Exception {
        assertThat(run("exit 3").run().endsWith(FAILED).errors()).contains("ended with status 3");
        assertThat(agent("refuse").run().status()).isEqualTo(REFUSED);
        assertThat(agent("die").run().endsWith(FAILED).errors()).contains("it is all too much");
        assertThat(agent("question").run().endsWith(WAITING).output()).contains("Which file");
        assertThat(run("true", "--check", "exit 9").run().endsWith(FAILED).errors())
                .contains("the check says no");
        assertThat(run("tail -f /dev/null", "--timeout", "3s").run().endsWith(FAILED).errors())
                .contains("not done within 3 s");
        assertThat(
                        shop.home()
                                .keystone("task", "run", "--command", "no-such-agent", "x")
                                .in(project.path())
                                .within(TASK)
                                .run()
                                .endsWith(FAILED)
                                .errors())
                .contains("no-such-agent: not found");
    }

    @Test
    @Tag("full")
    void permissions_are_asked_for_only_when_somebody_wants_it() throws Exception {
        agent("permission now").run().succeeds();
        assertThat(task("diff", only("permission now").string("id")).run().succeeds().output())
                .contains("\"optionId\": \"a\"");

        Ended asked = agent("permission please", "--ask").run().endsWith(WAITING);
        assertThat(asked.errors()).contains("May it do this? Remove everything");
        String id = only("permission please").string("id");
        task("answer", id, "--decline").run().succeeds();
        task("follow", id).within(TASK).run().succeeds();
        assertThat(task("diff", id).run().succeeds().output()).contains("\"optionId\": \"r\"");
    }

    @Test
    @Tag("full")
    void several_work_at_once_and_one_that_its_sandbox_did_not_outlive_has_failed(Installation home)
            throws Exception {
        Project other = home.project("other");
        Sandbox sandbox = home.start(other, "--git", "protected");
        String one = submitIn(other, "echo one >one; echo begun; tail -f /dev/null");
        String two = submitIn(other, "echo two >two; echo begun; tail -f /dev/null");
        try (Background first = home.keystone("task", "follow", one).start();
                Background second = home.keystone("task", "follow", two).start()) {
            for (Background each : List.of(first, second)) {
                assertThat(Patience.until(TASK, () -> each.outputSoFar().contains("begun")))
                        .as("%s", each)
                        .isTrue();
            }
            sandbox.keystone("stop").within(TASK).run().succeeds();
            assertThat(first.await(TASK).status()).isEqualTo(FAILED);
            assertThat(second.await(TASK).endsWith(FAILED).errors())
                    .contains("its sandbox was stopped");
        }
        sandbox.starting().run().succeeds();
        assertThat(home.keystone("task", "diff", one).run().succeeds().output()).contains("+one");
        home.keystone("task", "resume", two).run().succeeds();
        home.keystone("stop", "--force", "other").within(TASK).run().succeeds();
        assertThat(
                        home.keystone("task", "show", two, "--json")
                                .run()
                                .succeeds()
                                .object()
                                .string("state"))
                .isEqualTo("failed");
    }

    private Invocation run(String script, String... flags) {
        return task(with(List.of("run", "--agent", "shell", script), flags)).within(TASK);
    }

    private String submit(String script) throws InterruptedException {
        return task("submit", "--agent", "shell", script).run().succeeds().text();
    }

    private String submitIn(Project other, String script) throws InterruptedException {
        return shop.home()
                .keystone("task", "submit", "--agent", "shell", script)
                .in(other.path())
                .run()
                .succeeds()
                .text();
    }

    /// Given a prompt of its own, so that it is found again.
    private Invocation agent(String prompt, String... flags) throws Exception {
        bringAgent();
        return task(with(
                        List.of(
                                "run",
                                "--agent",
                                "scripted",
                                "--command",
                                "python3 /home/sandbox/agent.py",
                                prompt),
                        flags))
                .within(TASK);
    }

    private void bringAgent() throws InterruptedException {
        shop.home().keystone("cp", AGENT, shop.name() + ":/home/sandbox/agent.py").run().succeeds();
    }

    private static String[] with(List<String> words, String... flags) {
        var all = new ArrayList<>(words);
        all.addAll(List.of(flags));
        return all.toArray(String[]::new);
    }

    private Invocation task(String... words) {
        var all = new ArrayList<>(List.of("task"));
        all.addAll(List.of(words));
        return shop.home().keystone(all.toArray(String[]::new)).in(project.path());
    }

    /// The one whose prompt has these words.
    private Json.Obj only(String words) throws InterruptedException {
        List<Json.Obj> found =
                task("list", "--json").run().succeeds().objects().stream()
                        .filter(each -> each.string("prompt").contains(words))
                        .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private Json.Obj show(String id) throws InterruptedException {
        return task("show", id, "--json").run().succeeds().object();
    }
}
