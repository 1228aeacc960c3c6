package keystone.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskStage;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AttachingTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    @TempDir private Path top;
    private Path project;
    private SandboxDir dir;
    private Attaching attaching;

    @BeforeEach
    void a_sandbox() throws Exception {
        top = top.toRealPath();
        project = Files.createDirectories(top.resolve("project"));
        var store = new Store(TestSandboxes.places(top));
        var spec = TestSandboxes.spec(BLUE, project);
        dir = store.create(spec, "1").orElseThrow();
        attaching = new Attaching(store);
    }

    @Test
    void copies_go_to_the_task_and_what_is_not_taken_disappears() throws Exception {
        Path one =
                Files.writeString(Files.createDirectory(project.resolve("a")).resolve("x y"), "1");
        Path two =
                Files.writeString(Files.createDirectory(project.resolve("b")).resolve("x_y"), "2");
        TaskDir task;
        try (TaskStage stage = attaching.stage(dir, List.of(one, two))) {
            Files.writeString(one, "changed");
            task = TaskDir.create(dir, task(stage.name()));
        }

        assertThat(task.attached())
                .extracting(Path::getFileName)
                .map(Path::toString)
                .containsExactly("2-x_y", "x_y");
        assertThat(task.attached().get(1)).hasContent("1");
        assertThat(TaskDir.all(dir)).hasSize(1);
        try (TaskStage stage = attaching.stage(dir, List.of(two))) {
            assertThat(dir.path().resolve("tasks").resolve(stage.name())).isDirectory();
        }
        assertThat(dir.path().resolve("tasks").toFile().list()).containsExactly("aaaaa2");
        TaskStage left = attaching.stage(dir, List.of(two));
        TaskStage.sweep(dir, Instant.now());
        assertThat(dir.path().resolve("tasks").resolve(left.name())).isDirectory();
        TaskStage.sweep(dir, Instant.now().plusSeconds(2 * 3600));
        assertThat(dir.path().resolve("tasks").resolve(left.name())).doesNotExist();
    }

    private static Task task(String staged) {
        var order =
                new TaskOrder(
                        new AgentSpec.Shell(),
                        "true",
                        TaskOrder.Where.HERE,
                        TaskOrder.Permissions.ALLOW,
                        TaskOrder.Limits.USUAL,
                        null,
                        TaskExtras.NONE.withStaged(staged));
        return Task.here(new TaskId("aaaaa2"), BLUE, order, Instant.now());
    }

    @Test
    void no_link_of_a_guests_is_followed() throws Exception {
        Path secret = Files.writeString(top.resolve("id_ed25519"), "secret");
        Path link = Files.createSymbolicLink(project.resolve("picture.png"), secret);
        Path above = Files.createSymbolicLink(project.resolve("docs"), top);

        for (Path each : List.of(link, above.resolve("id_ed25519"))) {
            assertThatThrownBy(() -> attaching.stage(dir, List.of(each)))
                    .isInstanceOf(UserError.class);
        }
        assertThat(dir.path().resolve("tasks").toFile().list()).isNullOrEmpty();
    }

    @Test
    void what_is_no_file_or_too_large_is_refused() throws Exception {
        Path large = project.resolve("large");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(Attaching.MOST_EACH + 1);
        }
        Path exact = project.resolve("exact");
        try (var file = new RandomAccessFile(exact.toFile(), "rw")) {
            file.setLength(Attaching.MOST_EACH);
        }

        attaching.stage(dir, List.of(exact)).close();
        for (Path each : List.of(project, project.resolve("none"), large)) {
            assertThatThrownBy(() -> attaching.stage(dir, List.of(each)))
                    .isInstanceOf(UserError.class);
        }
        assertThatThrownBy(() -> attaching.stage(dir, List.of(exact, exact, exact)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("too large");
        assertThatThrownBy(() -> attaching.stage(dir, Collections.nCopies(21, exact)))
                .isInstanceOf(UserError.class);
    }

    @Test
    void names_are_plain() {
        var taken = new HashSet<String>();

        assertThat(Attaching.name(Path.of("/a/..hid\u001b[2Jden\n"), taken))
                .isEqualTo("hid__2Jden_");
        assertThat(Attaching.name(Path.of("/a/--"), taken)).isEqualTo("file");
        assertThat(Attaching.name(Path.of("/b/--"), taken)).isEqualTo("2-file");
    }
}
