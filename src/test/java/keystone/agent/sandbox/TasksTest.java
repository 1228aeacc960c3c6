package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.TestOrders;
import keystone.agent.model.UserError;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskLog;
import keystone.agent.store.TestSandboxes;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A task of which nobody has written down how it ended.
@Timeout(120)
final class TasksTest {
    private static final TaskId ID = new TaskId("k3f9ta");

    @TempDir private Path top;
    private SandboxDir dir;
    private Tasks tasks;

    @BeforeEach
    void a_task() throws Exception {
        dir = TestSandboxes.blue(top);
        var order = TestOrders.here("paint it", TaskOrder.Permissions.ASK);
        TaskDir _ =
                TaskDir.create(dir, Task.here(ID, new SandboxName("blue"), order, Instant.EPOCH));
        tasks = new Tasks(new Store(TestSandboxes.places(top)));
    }

    /// Its supervisor was killed as soon as it had it.
    @Test
    void one_of_which_nothing_was_written_can_be_followed() throws Exception {
        try (TaskTail tail = tasks.follow(ID)) {
            assertThat(tail.next(Duration.ZERO)).isEmpty();

            TaskDir files = TaskDir.find(dir, ID).orElseThrow();
            try (TaskLog log = TaskLog.open(files, InstantSource.system())) {
                assertThat(log.append(new TaskUpdate.Began())).isPresent();
            }

            assertThat(tail.next(Duration.ofSeconds(10))).hasSize(1);
        }
    }

    @Test
    void without_a_supervisor_it_is_lost() throws Exception {
        assertThat(tasks.show(ID).state())
                .isEqualTo(
                        new TaskState.Ended(
                                new TaskOutcome.Failed(
                                        "its sandbox ended without a word, and it with it")));
    }

    @Test
    void nobody_is_told_to_start_a_sandbox_to_cancel_what_has_ended() {
        assertThatThrownBy(() -> tasks.cancel(ID))
                .hasMessageContaining("has ended already: failed")
                .isInstanceOfSatisfying(
                        UserError.class,
                        error ->
                                assertThat(error.fix())
                                        .isEqualTo("keystone-agent task show " + ID));
    }

    @Test
    void with_one_that_is_too_slow_to_answer_it_has_not_ended() throws Exception {
        PrivateFiles.createDirectories(dir.run().path());
        try (var slow = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            slow.bind(UnixDomainSocketAddress.of(dir.run().controlSocket()));

            assertThat(tasks.show(ID).state()).isEqualTo(new TaskState.Unknown());
            assertThat(tasks.list().getFirst().state().word()).isEqualTo("unknown");
            requireNotKnown(() -> tasks.reject(ID));
            requireNotKnown(() -> tasks.resume(ID));
        }
        assertThat(TaskDir.find(dir, ID).orElseThrow().settled()).isEmpty();
    }

    @Test
    void what_was_accepted_cannot_be_rejected() {
        TaskDir files = TaskDir.find(dir, ID).orElseThrow();
        files.settle("accepted");

        assertThatThrownBy(() -> tasks.reject(ID))
                .hasMessageContaining("was accepted: its commits are on a branch of yours");
        assertThat(files.settled()).isEqualTo("accepted");
    }

    private static void requireNotKnown(ThrowingCallable settling) {
        assertThatThrownBy(settling)
                .hasMessageContaining("is not known: its supervisor does not say")
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> assertThat(error.fix()).isEqualTo("keystone-agent status blue"));
    }
}
