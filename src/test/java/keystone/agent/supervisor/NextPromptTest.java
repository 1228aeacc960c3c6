package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskUpdate;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskLog;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
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
    private SandboxDir sandbox;

    @BeforeEach
    void make() {
        sandbox = TestSandboxes.blue(top);
    }

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
        TaskDir files = TaskDir.create(sandbox, task);
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
    void only_one_whose_question_was_not_answered_is_told_to_ask_again() {
        var colour = new TaskUpdate.Asked(new TaskQuestion("q1", "Which colour?", List.of()));

        assertThat(resumedAfter(colour)).contains("ask it again");
        assertThat(resumedAfter(colour, TaskUpdate.Answered.byNobody("q1")))
                .contains("ask it again");
        assertThat(resumedAfter(colour, new TaskUpdate.Answered("q1", "red")))
                .isEqualTo("You were cut off. Go on where you were.");
        assertThat(resumedAfter(colour, new TaskUpdate.Prompted("red")))
                .isEqualTo("You were cut off. Go on where you were.");
    }

    private String resumedAfter(TaskUpdate... happened) {
        var all = new ArrayList<TaskUpdate>();
        all.add(new TaskUpdate.Began());
        all.add(new TaskUpdate.Session("s-1"));
        all.add(new TaskUpdate.Prompted("paint the door"));
        all.addAll(List.of(happened));
        all.add(STOPPED);
        TaskDir files = task(AGENT, all.toArray(TaskUpdate[]::new));
        String told = NextPrompt.resuming(files.task(), files).text();
        files.remove();
        return told;
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
