package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskUpdate;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskLog;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NextPromptTest {
    private static final AgentSpec AGENT =
            new AgentSpec.Acp(
                    new AgentName("some"),
                    List.of("some"),
                    Map.of(),
                    null,
                    AgentSpec.Origin.GUEST,
                    List.of());
    private static final TaskUpdate STOPPED =
            new TaskUpdate.Ended(new TaskOutcome.Failed("its sandbox was stopped"));

    @TempDir private Path top;

    private TaskDir task(AgentSpec agent, TaskUpdate... happened) {
        var order =
                new TaskOrder(
                        agent,
                        "paint the door",
                        TaskOrder.Where.HERE,
                        TaskOrder.Permissions.ALLOW,
                        TaskOrder.Limits.USUAL,
                        null,
                        TaskExtras.NONE);
        Task task = Task.here(new TaskId("k3f9ta"), new SandboxName("blue"), order, Instant.EPOCH);
        TaskDir files = TaskDir.create(TestSandboxes.blue(top), task);
        try (TaskLog log = TaskLog.open(files, InstantSource.system())) {
            List.of(happened).forEach(each -> assertThat(log.append(each)).isPresent());
        }
        return files;
    }

    @Test
    void one_that_was_cut_off_goes_on_in_its_session() {
        TaskDir files =
                task(
                        AGENT,
                        new TaskUpdate.Began(),
                        new TaskUpdate.Session("s-1"),
                        new TaskUpdate.Prompted("paint the door"),
                        STOPPED);

        assertThat(NextPrompt.resuming(files.task(), files).text()).startsWith("You were cut off.");
        assertThat(NextPrompt.resuming(files.task(), files).session()).isEqualTo("s-1");
        assertThat(NextPrompt.replying(files.task(), files, "red"))
                .isEqualTo(new NextPrompt("red", "s-1"));
    }

    @Test
    void one_that_waited_for_its_turn_is_given_its_prompt() {
        TaskDir files = task(AGENT, STOPPED);

        assertThat(NextPrompt.resuming(files.task(), files))
                .isEqualTo(new NextPrompt("paint the door", null));
        assertThat(NextPrompt.replying(files.task(), files, "red"))
                .isEqualTo(new NextPrompt("paint the door\n\nred", null));
    }

    @Test
    void so_is_one_whose_agent_got_no_further_than_its_session() {
        TaskDir files = task(AGENT, new TaskUpdate.Began(), new TaskUpdate.Session("s-1"), STOPPED);

        assertThat(NextPrompt.resuming(files.task(), files))
                .isEqualTo(new NextPrompt("paint the door", null));
    }

    @Test
    void a_script_runs_again_and_a_further_one_runs_alone() {
        TaskDir files =
                task(
                        new AgentSpec.Shell(),
                        new TaskUpdate.Began(),
                        new TaskUpdate.Prompted("paint the door"),
                        STOPPED);

        assertThat(NextPrompt.resuming(files.task(), files))
                .isEqualTo(new NextPrompt("paint the door", null));
        assertThat(NextPrompt.replying(files.task(), files, "ls"))
                .isEqualTo(new NextPrompt("ls", null));
    }
}
