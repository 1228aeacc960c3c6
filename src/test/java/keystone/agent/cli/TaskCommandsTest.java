package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import keystone.agent.cli.Desk.Outcome;
import keystone.agent.json.Json;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.HostContact;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOrder.Limits;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskOrder.Where;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskQuestion.Kind;
import keystone.agent.model.TaskQuestion.Need;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.sandbox.Returning;
import keystone.agent.sandbox.TaskView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TaskCommandsTest {
    private static final int USAGE = 2;
    private static final int NEEDS_LOOK = 20;
    private static final String EVIL = "\u001b]0;PWNED\u0007\u001b[31mred\u202e";

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
        desk.use.add(FakeUseCases.running("blue", top));
    }

    @Test
    void a_task_is_handed_to_the_projects_sandbox() {
        Outcome outcome =
                desk.run(
                        "task",
                        "submit",
                        "--agent",
                        "shell",
                        "--timeout",
                        "2m",
                        "--stall",
                        "30s",
                        "--budget",
                        "2.5",
                        "--check",
                        "make test",
                        "--ask",
                        "--with-changes",
                        "make test");

        assertThat(outcome.out()).isEqualTo("k3f9ta\n");
        assertThat(desk.use.tasks.calls).containsExactly("submit blue");
        assertThat(desk.use.tasks.lastOrder)
                .isEqualTo(
                        new TaskOrder(
                                new AgentSpec.Shell(),
                                "make test",
                                Where.WORKTREE_WITH_CHANGES,
                                Permissions.ASK,
                                new Limits(
                                        Duration.ofMinutes(2),
                                        Duration.ofSeconds(30),
                                        new BigDecimal("2.5")),
                                "make test",
                                TaskExtras.NONE));
    }

    @Test
    void what_comes_with_a_prompt_and_what_the_files_say_is_handed_on() throws Exception {
        Files.createDirectories(top.resolve("config"));
        Files.writeString(
                top.resolve("config/agent.toml"),
                "[task]\nstall = '20m'\nnotices = 'none'\n[worktree]\ncopy = ['built', 'a/b']\n");

        Files.writeString(top.resolve("picture.png"), "");
        Path absolute = Files.writeString(top.resolve("config/x"), "");

        Outcome outcome =
                desk.run(
                        "task",
                        "submit",
                        "--agent",
                        "own",
                        "--command",
                        "agent --acp",
                        "--model",
                        "gpt-6.1-sol[low]",
                        "--attach",
                        "picture.png",
                        "--attach",
                        absolute.toString(),
                        "look");

        assertThat(outcome.status()).as(outcome.all()).isZero();
        TaskOrder order = Objects.requireNonNull(desk.use.tasks.lastOrder);
        assertThat(order.extras())
                .isEqualTo(
                        new TaskExtras(
                                "gpt-6.1-sol[low]",
                                null,
                                List.of("a/b", "built"),
                                TaskExtras.Notices.NONE));
        assertThat(order.limits().stall()).isEqualTo(Duration.ofMinutes(20));
        assertThat(desk.use.tasks.lastAttached)
                .containsExactly(top.resolve("picture.png"), absolute);
        assertThat(misuse("task", "submit", "--agent", "shell", "--model", "x", "true"))
                .contains("`shell` has no model");
        assertThat(misuse("task", "submit", "--command", "x", "--model", "a b", "true"))
                .contains("not the name of a model");
    }

    @Test
    void a_prompt_is_a_word_a_file_or_the_input() throws Exception {
        assertThat(prompt("task", "submit", "--agent", "shell", "a", "b")).isEqualTo("a b");
        desk.typed = "from\nhere";
        assertThat(prompt("task", "submit", "--agent", "shell", "-")).isEqualTo("from\nhere");
        Files.writeString(top.resolve("ask"), "from a file");
        assertThat(prompt("task", "submit", "--agent", "shell", "--prompt-file", "ask"))
                .isEqualTo("from a file");
    }

    private String prompt(String... words) {
        assertThat(desk.run(words).status()).isZero();
        return Objects.requireNonNull(desk.use.tasks.lastOrder).prompt();
    }

    @Test
    void what_cannot_be_given_is_a_misuse_that_says_what_can() {
        assertThat(misuse("task", "submit", "x y"))
                .contains("no agent was chosen", "task submit --agent claude 'x y'");
        assertThat(misuse("task", "submit", "--agent", "shell")).contains("there is no prompt");
        assertThat(misuse("task", "submit", "--agent", "shell", "  ")).contains("is empty");
        assertThat(misuse("task", "submit", "--agent", "shell", "--here", "--with-changes", "x"))
                .contains("leave --with-changes out");
        assertThat(misuse("task", "submit", "--agent", "shell", "--attach", "/nonexistent", "x"))
                .contains("cannot be read, or is not a regular file");
        for (String budget : List.of("0", "-1")) {
            assertThat(misuse("task", "submit", "--agent", "shell", "--budget", budget, "x"))
                    .contains("--budget must be more than 0");
        }
        assertThat(misuse("task", "submit", "--agent", "shell", "--timeout", "0s", "x"))
                .contains("--timeout must be more than 0");
        assertThat(misuse("task", "follow", "--last", "-1", "k3f9ta"))
                .contains("--last cannot be negative: -1");
        assertThat(misuse("task", "answer", "k3f9ta")).contains("there is no answer");
        assertThat(misuse("task", "submit", "--command", " ", "x")).contains("--command is empty");
        assertThat(misuse("task", "reply", "k3f9ta")).contains("there is no prompt");
        assertThat(misuse("task", "reply", "k3f9ta", ""))
                .contains("there is no prompt")
                .contains("fix:   keystone-agent task reply k3f9ta");
        assertThat(desk.use.tasks.calls).isEmpty();
        assertThat(desk.use.calls).isEmpty();
    }

    private String misuse(String... words) {
        Outcome outcome = desk.run(words);
        assertThat(outcome.status()).isEqualTo(USAGE);
        return outcome.err();
    }

    @Test
    void tasks_are_listed_and_shown_without_what_an_agent_would_do_to_a_terminal() {
        desk.use.tasks.all.add(done(EVIL));
        desk.use.tasks.all.add(waiting());

        Outcome list = desk.run("task", "list");
        assertThat(list.out())
                .contains("k3f9ta  blue     shell  failed", "w2w2w2  blue     shell  waiting");
        assertThat(list.err())
                .contains("w2w2w2 asks: Which colour?", "keystone-agent task show ID");
        Outcome show = desk.run("task", "show", "k3f9ta");
        assertThat(show.out()).contains("task k3f9ta failed: red? (1m 0s, 0.25 USD): 2 commits on");
        Outcome question = desk.run("task", "show", "w2w2w2");
        assertThat(question.out()).contains("? Which colour?", "  1) Red");
        assertThat(list.all() + show.all() + question.all())
                .doesNotContain("\u001b", "\u0007", "\u202e");
        Json.Obj json = Json.parse(desk.run("task", "show", "k3f9ta", "--json").out()).asObject();
        assertThat(json.string("state")).isEqualTo("failed");
        assertThat(json.number("commits")).isEqualTo(2);
        assertThat(json.array("hosts")).isEmpty();
        desk.use.tasks.hosts =
                List.of(
                        new HostContact("api.example.org", 443, "allowed"),
                        new HostContact("evil.example", null, "refused"));
        assertThat(desk.run("task", "show", "k3f9ta").out())
                .contains(
                        "that the sandbox asked for meanwhile",
                        "             api.example.org:443\n",
                        "             evil.example (refused)\n");
        assertThat(desk.run("task", "show", "k3f9ta", "--json").out())
                .contains("\"evil.example\"", "\"refused\"");
    }

    @Test
    void an_answer_is_for_the_field_that_it_names() {
        desk.use.tasks.all.add(waiting());

        assertThat(desk.run("task", "answer", "w2w2w2", "colour=Red").status()).isZero();
        assertThat(answer().values()).isEqualTo(Map.of("colour", "Red"));
        assertThat(desk.run("task", "answer", "w2w2w2", "a=b", "c").status()).isZero();
        assertThat(answer().values()).isEqualTo(Map.of("", "a=b c"));
        assertThat(desk.run("task", "answer", "w2w2w2", "--decline").status()).isZero();
        assertThat(answer().decision()).isEqualTo(TaskAnswer.Decision.DECLINE);
    }

    private TaskAnswer answer() {
        return Objects.requireNonNull(desk.use.tasks.lastAnswer);
    }

    @Test
    void one_whose_supervisor_is_slow_is_not_said_to_have_failed() {
        desk.use.tasks.all.add(view("w3w3w3", new TaskState.Unknown(), null));

        assertThat(desk.run("task", "show", "w3w3w3").out())
                .startsWith("task w3w3w3 unknown: its supervisor does not answer\n");
    }

    @Test
    void what_is_not_in_it_is_told_with_what_is_shown_and_taken() {
        desk.use.tasks.beyond = "its branch has more";

        assertThat(desk.run("task", "diff", "k3f9ta").err()).contains("its branch has more");
        assertThat(desk.run("task", "accept", "k3f9ta").err()).contains("its branch has more");
    }

    @Test
    void that_there_is_nothing_to_be_shown_is_said() {
        assertThat(desk.run("task", "diff", "k3f9ta").err()).isEmpty();
        desk.use.tasks.diff = "";

        assertThat(desk.run("task", "diff", "k3f9ta").err())
                .isEqualTo("task k3f9ta has committed nothing that is not here\n");
    }

    @Test
    void a_reply_is_words_or_the_input() {
        desk.typed = "now\nthis\n";

        assertThat(desk.run("task", "reply", "k3f9ta", "now", "that").status()).isZero();
        assertThat(desk.run("task", "reply", "k3f9ta", "-").status()).isZero();
        assertThat(desk.use.tasks.calls)
                .containsExactly("reply k3f9ta now that", "reply k3f9ta now\nthis\n");
    }

    @Test
    void what_a_task_has_made_is_taken_or_not() {
        assertThat(desk.run("task", "accept", "k3f9ta").out())
                .isEqualTo("brought `main`: 1 new commit\n");
        assertThat(desk.run("task", "accept", "--dry-run", "k3f9ta").out())
                .startsWith("would bring ");
        desk.use.tasks.result =
                new Returning.Result(Returning.Result.Kind.NEEDS_LOOK, "adds x", "");
        assertThat(desk.run("task", "accept", "k3f9ta").status()).isEqualTo(NEEDS_LOOK);
        assertThat(desk.run("task", "reject", "k3f9ta").err())
                .contains("refs/keystone/blue/tasks/k3f9ta");
        assertThat(desk.use.tasks.calls)
                .containsExactly(
                        "accept k3f9ta MOVE",
                        "accept k3f9ta LOOK",
                        "accept k3f9ta MOVE",
                        "reject k3f9ta");
    }

    @Test
    void markdown_keeps_an_agents_words_in_blocks() {
        var ledger = new TaskLedger();
        ledger.add(entry(new TaskUpdate.Prompted("do ```` it")));
        ledger.add(entry(new TaskUpdate.Tool("t", "run " + EVIL, null, "completed", "abc")));
        ledger.add(entry(new TaskUpdate.Said("done\n```\n<script>\n")));

        List<String> lines = new TaskMarkdown(done("x"), ledger).lines();

        assertThat(lines)
                .containsSequence("`````", "do ```` it", "`````")
                .containsSequence("````", "done", "```", "<script>", "````")
                .contains("run red? (completed, 0.0 s, 3 characters)")
                .containsSequence("```", " a | 1 +", "```");
    }

    private static TaskEntry entry(TaskUpdate update) {
        return new TaskEntry(1, FakeUseCases.NOW, update);
    }

    private static TaskView done(String why) {
        Instant began = FakeUseCases.NOW.minusSeconds(60);
        var outcome = new TaskOutcome.Failed(why);
        var result =
                new TaskResult(
                        outcome, began, FakeUseCases.NOW, 2, " a | 1 +\n", "0.25 USD", List.of());
        return view("k3f9ta", new TaskState.Ended(outcome), result);
    }

    private static TaskView waiting() {
        var field =
                new Field(
                        "colour",
                        "Colour",
                        Kind.CHOICE,
                        List.of(new Choice("red", "Red", EVIL)),
                        Need.REQUIRED);
        var question = new TaskQuestion("q1", "Which colour?", List.of(field));
        return view("w2w2w2", new TaskState.Waiting(question), null);
    }

    private static TaskView view(String id, TaskState state, @Nullable TaskResult result) {
        var order =
                new TaskOrder(
                        new AgentSpec.Shell(),
                        EVIL,
                        Where.WORKTREE,
                        Permissions.ALLOW,
                        Limits.USUAL,
                        null,
                        TaskExtras.NONE);
        Task task =
                Task.apart(
                        new TaskId(id),
                        new SandboxName("blue"),
                        order,
                        "0".repeat(40),
                        FakeUseCases.NOW.minusSeconds(60));
        return new TaskView(task, state, result, "");
    }

    /// A start may build an image first.
    @Test
    void nothing_is_started_for_a_task_that_could_have_no_branch() {
        desk = new Desk(top);
        desk.use.tasks.obstacle = "the project has no commit yet";

        Outcome outcome = desk.run("task", "run", "--agent", "shell", "true");

        assertThat(outcome.status()).isEqualTo(6);
        assertThat(outcome.err()).contains("the project has no commit yet", "task run --here");
        assertThat(desk.use.lastRequest).isNull();
        desk.run("task", "submit", "--agent", "shell", "--here", "true");
        assertThat(desk.use.lastRequest).isNotNull();
    }

    @Test
    void what_cannot_be_an_id_is_no_task() {
        for (String id : List.of("nope", "../../etc", "k3f9tb")) {
            Outcome outcome = desk.run("task", "show", id);
            assertThat(outcome.status()).as(id).isEqualTo(3);
        }
        assertThat(desk.run("task", "show", "../../etc").err()).contains("is not the id of a task");
    }
}
