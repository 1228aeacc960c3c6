package keystone.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import keystone.agent.model.AgentName;
import keystone.agent.model.Agents;
import keystone.agent.model.HostContact;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
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
import keystone.agent.model.TaskUpdate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TaskLogTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);

    @TempDir Path top;
    private SandboxDir sandbox;
    private TaskDir dir;

    @BeforeEach
    void make() {
        sandbox = new SandboxDir(new SandboxName("blue"), top, top.resolve("run"));
        dir = TaskDir.create(sandbox, task("k3f9ta", "do it"));
    }

    private static Task task(String id, String prompt) {
        var order =
                new TaskOrder(
                        new Agents(List.of()).named(new AgentName("codex")),
                        prompt,
                        Where.WORKTREE_WITH_CHANGES,
                        Permissions.ASK,
                        new Limits(Duration.ofMinutes(3), Duration.ofSeconds(7), null),
                        "make test",
                        TaskExtras.NONE);
        return Task.apart(new TaskId(id), new SandboxName("blue"), order, "0".repeat(40), NOW);
    }

    @Test
    void a_task_and_its_result_are_read_as_they_were_written() {
        assertThat(TaskDir.all(sandbox)).hasSize(1);
        TaskDir found = TaskDir.find(sandbox, new TaskId("k3f9ta")).orElseThrow();
        assertThat(found.task()).isEqualTo(task("k3f9ta", "do it"));
        assertThat(found.task().branch()).isEqualTo("task/k3f9ta-do-it");
        assertThat(found.result()).isEmpty();

        var result =
                new TaskResult(
                        new TaskOutcome.Failed("so"),
                        NOW,
                        NOW,
                        2,
                        " a | 1 +\n",
                        "1 USD",
                        List.of("n"));
        dir.end(result);
        assertThat(found.result()).contains(result);
        dir.settle("accepted");
        assertThat(found.settled()).isEqualTo("accepted");
        dir.begin();
        assertThat(found.result()).isEmpty();
        assertThat(found.settled()).isEmpty();
    }

    @Test
    void every_update_is_read_as_it_was_written() {
        var field =
                new Field("f", "F", Kind.CHOICE, List.of(new Choice("a", "A", "")), Need.OPTIONAL);
        List<TaskUpdate> all =
                List.of(
                        new TaskUpdate.Began(),
                        new TaskUpdate.Prompted("p"),
                        new TaskUpdate.Said("\u001b[2J"),
                        new TaskUpdate.Thought("t"),
                        new TaskUpdate.Output("o\n"),
                        new TaskUpdate.Tool("id", "title", null, "completed", null),
                        new TaskUpdate.Plan(List.of(new TaskUpdate.Step("s", "pending"))),
                        new TaskUpdate.Usage(7, null),
                        new TaskUpdate.Asked(new TaskQuestion("q1", "which?", List.of(field))),
                        new TaskUpdate.Answered("q1", "A"),
                        new TaskUpdate.Session("s-1"),
                        new TaskUpdate.Note("n"),
                        new TaskUpdate.Ended(new TaskOutcome.Refused("no")));
        try (TaskLog log = TaskLog.open(dir, CLOCK)) {
            all.forEach(each -> assertThat(log.append(each)).isPresent());
        }

        assertThat(lines()).allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c <= '~'));
        assertThat(lines()).map(UpdateFormat::read).map(each -> update(each)).isEqualTo(all);
        assertThat(dir.session()).contains("s-1");
    }

    @Test
    void whatever_an_agent_says_leaves_room_for_what_we_alone_say() {
        var contact = new TaskUpdate.Contacted(new HostContact("example.org", 443, "allowed"));
        var room = new TaskLog.Room(2_000, 2_000, 1_000);
        try (TaskLog log = TaskLog.open(dir, CLOCK, room)) {
            fill(log, new TaskUpdate.Said("x".repeat(100)));
            fill(log, new TaskUpdate.Asked(new TaskQuestion("q1", "x".repeat(100), List.of())));
            fill(log, new TaskUpdate.Note("n"));
            assertThat(log.append(new TaskUpdate.Session("s-1"))).isEmpty();

            assertThat(log.append(contact)).isPresent();
            assertThat(log.append(new TaskUpdate.Ended(new TaskOutcome.Done()))).isPresent();
        }
        assertThat(dir.hosts()).hasSize(1);
        assertThat(dir.updates().toFile().length()).isLessThan(5_000);
    }

    private static void fill(TaskLog log, TaskUpdate update) {
        while (log.append(update).isPresent()) {
            // Until there is no room for it.
        }
    }

    @Test
    void half_a_line_of_a_killed_writer_is_passed_over() throws Exception {
        try (TaskLog log = TaskLog.open(dir, CLOCK)) {
            var _ = log.append(new TaskUpdate.Note("one"));
        }
        Files.writeString(dir.updates(), "{\"n\":2,\"at\"", StandardOpenOption.APPEND);
        try (TaskLog log = TaskLog.open(dir, CLOCK)) {
            var _ = log.append(new TaskUpdate.Note("two"));
        }

        assertThat(lines().stream().map(UpdateFormat::read).filter(Objects::nonNull))
                .map(each -> update(each))
                .containsExactly(new TaskUpdate.Note("one"), new TaskUpdate.Note("two"));
    }

    @Test
    void a_task_of_a_later_program_is_refused_with_words() throws Exception {
        Path file = top.resolve("tasks/k3f9ta/task.json");
        String now = Files.readString(file);
        String later = now.replace("\"format\": 1", "\"format\": 2");
        Files.writeString(file, later);

        assertThat(later).isNotEqualTo(now);
        assertThatThrownBy(dir::task)
                .hasMessageStartingWith("the task k3f9ta is of a later keystone-agent");
        assertThat(file).hasContent(later);
    }

    @Test
    void what_is_no_task_is_not_among_them() throws Exception {
        Files.createDirectories(top.resolve("tasks/aaaaaa"));
        Files.createDirectories(top.resolve("tasks/..x"));
        Files.createDirectories(top.resolve("tasks/bbbbbb"));
        Files.writeString(top.resolve("tasks/bbbbbb/task.json"), "{\"id\":");

        assertThat(TaskDir.all(sandbox)).hasSize(1);
        assertThat(UpdateFormat.read("{\"n\":1,\"at\":\"yesterday\",\"kind\":\"note\"}")).isNull();
        assertThat(UpdateFormat.read("{\"n\":1,\"at\":\"2026-03-01T12:00:00Z\",\"kind\":\"new\"}"))
                .isEqualTo(new TaskEntry(1, NOW, new TaskUpdate.Note("(new)")));
    }

    private static TaskUpdate update(@Nullable TaskEntry entry) {
        return Objects.requireNonNull(entry).update();
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(dir.updates());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// No agent is ended for that.
    @Test
    void what_a_full_disk_does_not_take_of_an_agents_words_is_left_out() throws IOException {
        var disk = new FullDisk(PrivateFiles.append(dir.updates()), 100);
        try (var log = new TaskLog(disk, CLOCK, TaskLog.Room.USUAL, 0)) {
            log.append(new TaskUpdate.Note("one"));
            assertThat(log.append(new TaskUpdate.Said("x".repeat(200)))).isEmpty();
            assertThat(log.append(new TaskUpdate.Said("x".repeat(200)))).isEmpty();
            disk.makeRoom();

            assertThat(log.append(new TaskUpdate.Said("two"))).isPresent();
            assertThat(log.append(new TaskUpdate.Said("three"))).isPresent();
        }

        assertThat(Files.readAllLines(dir.updates()))
                .satisfiesExactly(
                        line -> assertThat(line).contains("one"),
                        line -> assertThat(line).contains("something is missing here"),
                        line -> assertThat(line).contains("two"),
                        line -> assertThat(line).contains("three"));
    }

    @Test
    void half_a_line_on_a_full_disk_spoils_nothing() throws IOException {
        var disk = new FullDisk(PrivateFiles.append(dir.updates()), 100);
        try (var log = new TaskLog(disk, CLOCK, TaskLog.Room.USUAL, 0)) {
            log.append(new TaskUpdate.Note("one"));
            assertThatThrownBy(() -> log.append(new TaskUpdate.Note("x".repeat(200))))
                    .isInstanceOf(UncheckedIOException.class);
            disk.makeRoom();

            log.append(new TaskUpdate.Note("two"));
        }

        assertThat(Files.readAllLines(dir.updates()))
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line).contains("one"),
                        line -> assertThat(line).startsWith("{").contains("two"));
    }
}
