package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import keystone.agent.desktop.Desktop;
import keystone.agent.desktop.RealDesktop;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskQuestion.Choice;
import keystone.agent.model.TaskQuestion.Field;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// On a real desktop, with followers that are processes of their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class TaskNoticesTest {
    private static final SandboxName BLUE = new SandboxName("blue");
    private static final String FOLLOWING =
            "import fcntl,sys; f=open(sys.argv[1]); fcntl.lockf(f, fcntl.LOCK_SH);"
                    + " print(1, flush=True); sys.stdin.read()";
    private static final TaskQuestion COLOUR =
            new TaskQuestion(
                    "q1",
                    "Which \u001b[31mcolour?",
                    List.of(
                            new Field(
                                    "colour",
                                    "Colour",
                                    TaskQuestion.Kind.CHOICE,
                                    List.of(
                                            new Choice("r", "Red", ""),
                                            new Choice("b", "Blue", "")),
                                    TaskQuestion.Need.REQUIRED)));

    private final BlockingQueue<TaskAnswer> answers = new LinkedBlockingQueue<>();
    private RealDesktop screen;
    private SandboxDir dir;
    private int tasks;

    @BeforeAll
    void a_desktop_and_a_sandbox(@TempDir Path top) throws Exception {
        screen = new RealDesktop(top);
        dir = TestSandboxes.blue(top);
    }

    @AfterAll
    void close() {
        screen.close();
    }

    @AfterEach
    void dismiss() {
        screen.dismiss();
    }

    private TaskDir task(TaskExtras.Notices notices) {
        var order =
                new TaskOrder(
                        new AgentSpec.Shell(),
                        "paint the door",
                        TaskOrder.Where.HERE,
                        TaskOrder.Permissions.ALLOW,
                        TaskOrder.Limits.USUAL,
                        null,
                        new TaskExtras(null, null, List.of(), notices));
        var id = new TaskId("aaaa%02d".formatted(++tasks));
        return TaskDir.create(dir, Task.here(id, BLUE, order, Instant.now()));
    }

    private TaskNotices notices(TaskDir files) {
        return notices(files, Desktop.find(screen.environment()), answers::add);
    }

    private static TaskNotices notices(
            TaskDir files, Optional<Desktop> desktop, Consumer<TaskAnswer> answering) {
        return new TaskNotices(files.task(), files.followers(), desktop, answering);
    }

    /// Until it is closed.
    private OwnedProcess follower(TaskDir files) throws Exception {
        Path lock = files.updates().resolveSibling("followed");
        assertThat(lock).isEmptyFile();
        OwnedProcess process = Command.of("python3", "-c", FOLLOWING, lock.toString()).start();
        assertThat(process.output().read()).isEqualTo('1');
        return process;
    }

    @Test
    void a_question_is_answered_by_a_button() throws Exception {
        try (TaskNotices notices = notices(task(TaskExtras.Notices.DESKTOP))) {
            notices.heard(new TaskUpdate.Asked(COLOUR));
            screen.awaitShown(1);

            screen.press("Blue");

            assertThat(answers.poll(30, TimeUnit.SECONDS))
                    .isEqualTo(
                            new TaskAnswer(
                                    "q1", TaskAnswer.Decision.ACCEPT, Map.of("colour", "b")));
            screen.awaitShown(0);
        }
        assertThat(screen.history()).contains("asks: Which colour?").doesNotContain("\\u001B[31m");
    }

    @Test
    void of_several_questions_the_oldest_is_shown_until_it_is_answered() throws Exception {
        var size = new TaskQuestion("q2", "Which size?", COLOUR.fields());
        try (TaskNotices notices = notices(task(TaskExtras.Notices.DESKTOP))) {
            notices.heard(new TaskUpdate.Asked(COLOUR));
            notices.heard(new TaskUpdate.Asked(size));
            notices.heard(new TaskUpdate.Asked(new TaskQuestion("q3", "Which door?", List.of())));
            screen.awaitShown(1);
            screen.press("Blue");
            assertThat(answers.poll(30, TimeUnit.SECONDS)).extracting("question").isEqualTo("q1");

            notices.heard(new TaskUpdate.Answered("q3", "mine"));
            notices.heard(new TaskUpdate.Answered("q1", "Blue"));
            screen.awaitShown(1);
            screen.press("Red");
            assertThat(answers.poll(30, TimeUnit.SECONDS)).extracting("question").isEqualTo("q2");
            notices.heard(new TaskUpdate.Answered("q2", "Red"));
            screen.awaitShown(0);
        }
        assertThat(screen.history()).doesNotContain("door?");
    }

    @Test
    void whoever_follows_is_not_told_until_they_leave() throws Exception {
        TaskDir files = task(TaskExtras.Notices.DESKTOP);
        try (TaskNotices notices = notices(files)) {
            try (OwnedProcess _ = follower(files);
                    OwnedProcess _ = follower(files)) {
                notices.heard(new TaskUpdate.Asked(COLOUR));
                assertThat(Patience.until(Duration.ofMillis(500), () -> screen.shown() > 0))
                        .isFalse();
                assertThat(files.followers().any()).isTrue();
                // As another question of the same task's does.
                notices.heard(new TaskUpdate.Answered("q1", "Red"));
                notices.heard(new TaskUpdate.Asked(COLOUR));
            }
            screen.awaitShown(1);
            notices.heard(new TaskUpdate.Answered("q1", "Red"));
            screen.awaitShown(0);
            assertThat(files.followers().any()).isFalse();
        }
        assertThat(answers).isEmpty();
    }

    @Test
    void an_end_is_told_unless_somebody_follows_or_wanted_it() throws Exception {
        TaskDir files = task(TaskExtras.Notices.DESKTOP);
        try (TaskNotices notices = notices(files)) {
            try (OwnedProcess _ = follower(files)) {
                notices.heard(new TaskUpdate.Ended(new TaskOutcome.Done()));
            }
            notices.heard(new TaskUpdate.Ended(new TaskOutcome.Cancelled()));
            notices.heard(new TaskUpdate.Ended(new TaskOutcome.Failed("it is all too much")));
            screen.awaitShown(1);
        }
        screen.dismiss();
        assertThat(screen.history()).contains("failed: it is all too much", "paint the door");
    }

    @Test
    void nothing_is_told_where_nobody_wants_it_or_there_is_no_desktop() throws Exception {
        try (TaskNotices silent = notices(task(TaskExtras.Notices.NONE));
                TaskNotices nowhere =
                        notices(task(TaskExtras.Notices.DESKTOP), Optional.empty(), answers::add);
                TaskNotices broken =
                        notices(
                                task(TaskExtras.Notices.DESKTOP),
                                Desktop.find(
                                        Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")),
                                answers::add)) {
            for (TaskNotices each : List.of(silent, nowhere, broken)) {
                each.heard(new TaskUpdate.Asked(COLOUR));
                each.heard(new TaskUpdate.Ended(new TaskOutcome.Done()));
            }
            assertThat(Patience.until(Duration.ofMillis(500), () -> screen.shown() > 0)).isFalse();
        }
    }

    @Test
    void an_answer_that_comes_too_late_disturbs_nobody() throws Exception {
        TaskDir files = task(TaskExtras.Notices.DESKTOP);
        try (TaskNotices notices =
                notices(
                        files,
                        Desktop.find(screen.environment()),
                        answer -> {
                            answers.add(answer);
                            throw UserError.wrongState("it has been answered", "nothing");
                        })) {
            notices.heard(new TaskUpdate.Asked(COLOUR));
            screen.awaitShown(1);
            screen.press("Red");
            assertThat(answers.poll(30, TimeUnit.SECONDS)).isNotNull();
            screen.awaitShown(0);
        }
    }
}
