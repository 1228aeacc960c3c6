package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.TestOrders;
import keystone.agent.process.Patience;
import keystone.agent.sandbox.TaskView;
import keystone.agent.sandbox.TestAssembly;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskLog;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Somebody sits at a terminal, and an agent asks.
@Timeout(60)
final class TaskWatchingTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    @TempDir private Path top;
    private Desk desk;
    private TaskLog log;

    @BeforeEach
    void a_task_at_work() throws Exception {
        desk = new Desk(top);
        desk.terminal = true;
        SandboxDir dir = TestSandboxes.blue(top);
        var order = TestOrders.here("paint it", TaskOrder.Permissions.ASK);
        TaskDir files = TaskDir.create(dir, Task.here(FakeTasks.ID, BLUE, order, FakeUseCases.NOW));
        log = TaskLog.open(files, Clock.systemUTC());
        var assembly = TestAssembly.at(TestSandboxes.places(top));
        desk.use.tasks.following = assembly.tasks()::follow;
        desk.use.tasks.all.add(new TaskView(files.task(), new TaskState.Running(), null, ""));
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void happens(TaskUpdate... updates) {
        for (TaskUpdate each : updates) {
            if (each instanceof TaskUpdate.Ended(TaskOutcome outcome)) {
                isNow(new TaskState.Ended(outcome));
            }
            assertThat(log.append(each)).isPresent();
        }
    }

    private void isNow(TaskState state) {
        TaskView seen = desk.use.tasks.all.getFirst();
        desk.use.tasks.all.set(0, new TaskView(seen.task(), state, null, ""));
    }

    private static TaskUpdate asks(String id, String text) {
        var field =
                new TaskQuestion.Field(
                        "f", "", TaskQuestion.Kind.TEXT, List.of(), TaskQuestion.Need.REQUIRED);
        return new TaskUpdate.Asked(new TaskQuestion(id, text, List.of(field)));
    }

    private static TaskUpdate ends() {
        return new TaskUpdate.Ended(new TaskOutcome.Done());
    }

    @Test
    void of_two_questions_at_once_both_are_asked_the_oldest_first() {
        happens(new TaskUpdate.Began(), asks("q1", "Which colour?"), asks("q2", "Which size?"));
        desk.typed = "red\nlarge\n";
        desk.use.tasks.answering =
                answer -> {
                    happens(new TaskUpdate.Answered(answer.question(), "so"));
                    if (answer.question().equals("q2")) {
                        happens(ends());
                    }
                };

        Desk.Outcome outcome = desk.run("task", "follow", FakeTasks.ID.value());

        assertThat(desk.use.tasks.calls)
                .containsSubsequence("answer k3f9ta q1 red", "answer k3f9ta q2 large");
        // The one that is asked is the one that stands above.
        assertThat(outcome.err().lastIndexOf("Which colour?"))
                .isGreaterThan(outcome.err().indexOf("Which size?"))
                .isLessThan(outcome.err().lastIndexOf("Which size?"));
    }

    @Test
    void an_answer_to_one_question_leaves_the_other_open() {
        happens(
                new TaskUpdate.Began(),
                asks("q1", "Which colour?"),
                asks("q2", "Which size?"),
                new TaskUpdate.Answered("q2", "large"));
        desk.typed = "red\n";
        desk.use.tasks.answering = _ -> happens(new TaskUpdate.Answered("q1", "red"), ends());

        Desk.Outcome _ = desk.run("task", "follow", FakeTasks.ID.value());

        assertThat(desk.use.tasks.calls).contains("answer k3f9ta q1 red");
    }

    @Test
    void a_question_in_plain_words_is_shown_once_and_again_when_it_is_asked_again() {
        var question = new TaskQuestion("said", "Which colour?", List.of());
        var asked = new TaskUpdate.Asked(question);
        happens(
                new TaskUpdate.Began(),
                new TaskUpdate.Said("I looked. Which "),
                new TaskUpdate.Said("colour?"),
                asked);
        isNow(new TaskState.Waiting(question));
        desk.terminal = false;
        String id = FakeTasks.ID.value();

        assertThat(desk.run("task", "follow", id).all()).containsOnlyOnce("Which colour?");
        assertThat(desk.run("task", "follow", "--last", "1", id).err()).contains("? Which colour?");

        happens(new TaskUpdate.Ended(new TaskOutcome.Failed("its sandbox was stopped")), asked);
        isNow(new TaskState.Waiting(question));
        Desk.Outcome again = desk.run("task", "follow", id);
        assertThat(again.err()).contains("? Which colour?");
        assertThat(again.status()).isEqualTo(TaskWatching.WAITING);
    }

    @Test
    void whoever_leaves_a_question_is_told_how_it_is_answered() {
        happens(new TaskUpdate.Began(), asks("q1", "Which colour?"));
        desk.typed = "";

        Desk.Outcome outcome = desk.run("task", "follow", FakeTasks.ID.value());

        assertThat(outcome.status()).isEqualTo(TaskWatching.WAITING);
        assertThat(outcome.err())
                .endsWith("it waits for an answer: keystone-agent task answer k3f9ta ANSWER\n");
    }

    @Test
    void an_export_has_each_answer_beside_its_question() {
        happens(
                new TaskUpdate.Began(),
                asks("q1", "Which colour?"),
                asks("q2", "Which size?"),
                new TaskUpdate.Answered("q1", "red"),
                new TaskUpdate.Answered("q2", "large"),
                ends());

        assertThat(desk.run("task", "export", FakeTasks.ID.value()).out())
                .contains("Which colour? - red", "Which size? - large");
    }

    @Test
    void nothing_old_is_shown_when_none_of_it_is_wanted() {
        happens(new TaskUpdate.Began(), new TaskUpdate.Note("an old story"), ends());

        assertThat(desk.run("task", "follow", "--last", "0", FakeTasks.ID.value()).all())
                .doesNotContain("an old story");
        assertThat(desk.run("task", "follow", FakeTasks.ID.value()).all()).contains("an old story");
    }

    /// The outcome is on the disk before the log speaks of it.
    @Test
    void what_is_written_after_the_outcome_is_known_is_shown() {
        happens(new TaskUpdate.Began());
        desk.use.tasks.showing =
                () -> {
                    desk.use.tasks.showing = () -> {};
                    isNow(new TaskState.Ended(new TaskOutcome.Done()));
                    happens(new TaskUpdate.Note("its last words"), ends());
                };

        assertThat(desk.run("task", "follow", FakeTasks.ID.value()).all())
                .contains("its last words");
    }

    /// The end that the log knows is that of before.
    @Test
    void what_waits_for_its_turn_again_has_not_ended() {
        happens(new TaskUpdate.Began(), ends());
        isNow(new TaskState.Queued());
        desk.use.tasks.showing =
                () -> {
                    desk.use.tasks.showing = () -> {};
                    happens(new TaskUpdate.Began(), new TaskUpdate.Note("again"));
                    happens(new TaskUpdate.Ended(new TaskOutcome.Refused("no")));
                    isNow(new TaskState.Queued());
                    desk.use.tasks.showing =
                            () -> isNow(new TaskState.Ended(new TaskOutcome.Refused("no")));
                };

        Desk.Outcome outcome = desk.run("task", "follow", FakeTasks.ID.value());

        assertThat(outcome.all()).contains("again");
        assertThat(outcome.status()).isEqualTo(TaskWatching.REFUSED);
    }

    /// Nobody types, and somebody answers from elsewhere.
    @Test
    void a_question_that_is_over_keeps_nobody_at_the_terminal() throws Exception {
        happens(new TaskUpdate.Began(), asks("q1", "Which colour?"));
        desk.silent = true;
        Thread elsewhere =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    boolean _ =
                                            Patience.until(
                                                    Duration.ofSeconds(30),
                                                    () -> desk.reads.get() > 0);
                                    happens(new TaskUpdate.Answered("q1", "red"));
                                    happens(new TaskUpdate.Note("painted"), ends());
                                });

        Desk.Outcome outcome = desk.run("task", "follow", FakeTasks.ID.value());

        elsewhere.join();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.err()).containsSubsequence("answer: ", "painted");
        assertThat(desk.use.tasks.calls).noneMatch(each -> each.startsWith("answer"));
    }

    @Test
    void neither_does_one_whose_sandbox_is_gone() {
        happens(new TaskUpdate.Began(), asks("q1", "Which colour?"));
        desk.silent = true;
        desk.use.tasks.showing = () -> isNow(new TaskState.Ended(new TaskOutcome.Failed("gone")));

        assertThat(desk.run("task", "follow", FakeTasks.ID.value()).status())
                .isEqualTo(TaskWatching.FAILED);
    }

    @Test
    void whoever_gives_a_task_sees_all_of_it() {
        happens(new TaskUpdate.Began(), new TaskUpdate.Note("it was quick"), ends());

        assertThat(desk.run("task", "run", "--agent", "shell", "paint it").all())
                .contains("it was quick");
    }
}
