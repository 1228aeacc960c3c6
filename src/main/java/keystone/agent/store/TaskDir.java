package keystone.agent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.HostContact;
import keystone.agent.model.Task;
import keystone.agent.model.TaskEntry;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskResult;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// The files of one task, in `STATE/<name>/tasks/<id>/`, which only its supervisor writes.
///
/// | file | what |
/// |---|---|
/// | `task.json` | what was asked for, and where it works |
/// | `updates.jsonl` | everything that happened, a line each, before anybody is shown it |
/// | `outcome.json` | how it ended; not there before |
/// | `attached/` | copies of the files that come with the prompt |
/// | `followed` | empty; whoever follows it holds a lock of it |
/// | `settled` | `accepted` or `rejected`; there once somebody has decided about its result |
///
/// Keeps nothing but a path, so threads may share it.
public final class TaskDir {
    private static final String TASKS = "tasks";

    private final Path path;

    private TaskDir(Path path) {
        this.path = path;
    }

    /// Where those of a sandbox are.
    static Path all(Path sandbox) {
        return sandbox.resolve(TASKS);
    }

    /// Makes the directory of a new one, whole or not at all.
    public static TaskDir create(SandboxDir sandbox, Task task) {
        Path all = sandbox.makeTasks();
        var made = new TaskDir(PrivateFiles.createDirectories(all.resolve(task.id().value())));
        String staged = task.order().extras().staged();
        if (staged != null) {
            TaskStage.take(all, staged, made.attachedDirectory());
        }
        made.followers().prepare();
        PrivateFiles.replace(made.taskFile(), TaskFormat.write(task).pretty() + "\n");
        return made;
    }

    /// The tasks of a sandbox, the oldest first.
    public static List<TaskDir> all(SandboxDir sandbox) {
        var found = new ArrayList<TaskDir>();
        try (DirectoryStream<Path> tasks =
                Files.newDirectoryStream(sandbox.path().resolve(TASKS))) {
            for (Path each : tasks) {
                if (TaskId.isValid(String.valueOf(each.getFileName()))) {
                    found.add(new TaskDir(each));
                }
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the tasks of " + sandbox.name(), e);
        }
        return found.stream()
                .filter(each -> each.known().isPresent())
                .sorted(Comparator.comparing(each -> each.task().asked()))
                .toList();
    }

    public static Optional<TaskDir> find(SandboxDir sandbox, TaskId id) {
        var there = new TaskDir(sandbox.path().resolve(TASKS).resolve(id.value()));
        return Files.exists(there.taskFile(), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(there)
                : Optional.empty();
    }

    /// One that nobody was told of.
    public void remove() {
        PrivateFiles.deleteTree(path);
    }

    private Path taskFile() {
        return path.resolve("task.json");
    }

    /// One [keystone.agent.model.TaskEntry] a line, as [UpdateFormat] writes it.
    public Path updates() {
        return path.resolve("updates.jsonl");
    }

    private Path outcomeFile() {
        return path.resolve("outcome.json");
    }

    private Path settledFile() {
        return path.resolve("settled");
    }

    public Task task() {
        return known().orElseThrow(this::unreadable);
    }

    private Optional<Task> known() {
        return read(taskFile(), TaskFormat::readTask);
    }

    /// How it ended; empty when it has not, or nobody was left to write it down.
    public Optional<TaskResult> result() {
        return read(outcomeFile(), TaskFormat::readResult);
    }

    public void end(TaskResult result) {
        PrivateFiles.replace(outcomeFile(), TaskFormat.write(result).pretty() + "\n");
    }

    /// Removes the outcome, because the task goes on.
    public void begin() {
        try {
            Files.deleteIfExists(outcomeFile());
            Files.deleteIfExists(settledFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + outcomeFile(), e);
        }
    }

    private Path attachedDirectory() {
        return path.resolve("attached");
    }

    /// Our copies of the files that come with its prompt.
    public List<Path> attached() {
        try (Stream<Path> files = Files.list(attachedDirectory())) {
            return files.sorted().toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + attachedDirectory(), e);
        }
    }

    /// The commands that follow this task.
    public TaskFollowers followers() {
        return new TaskFollowers(path.resolve("followed"));
    }

    /// The agent's own name of its last session.
    public Optional<String> session() {
        return told("session", TaskUpdate.Session.class, each -> each.reduce((_, last) -> last))
                .map(TaskUpdate.Session::id);
    }

    /// Whether its agent was ever told what to do.
    public boolean wasPrompted() {
        return told("prompt", TaskUpdate.Prompted.class, each -> each.findAny().isPresent());
    }

    /// The last question since its agent was told something that was left without an answer: with
    /// what stood in for one the question's form was closed.
    public Optional<TaskQuestion> unanswered() {
        return told(List.of("asked", "answered", "prompt"), TaskUpdate.class, TaskDir::unanswered);
    }

    private static Optional<TaskQuestion> unanswered(Stream<TaskUpdate> updates) {
        var open = new LinkedHashMap<String, TaskQuestion>();
        updates.forEach(
                each -> {
                    switch (each) {
                        case TaskUpdate.Prompted _ -> open.clear();
                        case TaskUpdate.Asked(TaskQuestion question) ->
                                open.putLast(question.id(), question);
                        case TaskUpdate.Answered answered when !answered.isByNobody() ->
                                open.remove(answered.question());
                        default -> {
                            // Nothing else was looked for.
                        }
                    }
                });
        return open.isEmpty() ? Optional.empty() : Optional.of(open.lastEntry().getValue());
    }

    /// What its guest asked the exit for while it worked, once each.
    public List<HostContact> hosts() {
        return told(
                "contacted",
                TaskUpdate.Contacted.class,
                each -> each.map(TaskUpdate.Contacted::contact).distinct().toList());
    }

    /// Looks at the updates of one kind. An agent can pass off nothing for one: in its words
    /// the quotation marks are escaped.
    private <T extends TaskUpdate, R> R told(
            String kind, Class<T> type, Function<Stream<T>, R> looking) {
        return told(List.of(kind), type, looking);
    }

    private <T extends TaskUpdate, R> R told(
            List<String> kinds, Class<T> type, Function<Stream<T>, R> looking) {
        List<String> marks = kinds.stream().map(each -> "\"kind\":\"" + each + "\"").toList();
        try (Stream<String> lines =
                Files.exists(updates()) ? Files.lines(updates()) : Stream.empty()) {
            return looking.apply(
                    lines.filter(line -> marks.stream().anyMatch(line::contains))
                            .map(UpdateFormat::read)
                            .filter(Objects::nonNull)
                            .map(TaskEntry::update)
                            .filter(type::isInstance)
                            .map(type::cast));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + updates(), e);
        }
    }

    /// Somebody has decided what becomes of its result.
    ///
    /// @param how one word
    public void settle(String how) {
        PrivateFiles.replace(settledFile(), how);
    }

    /// What was decided; empty when nothing was.
    public String settled() {
        String text = text(settledFile());
        return text == null ? "" : text;
    }

    private static <T> Optional<T> read(Path file, Function<Json.Obj, T> reading) {
        String text = text(file);
        return text == null
                ? Optional.empty()
                : Optional.ofNullable(TaskFormat.understood(text, reading));
    }

    private static @Nullable String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private UserError unreadable() {
        String text = text(taskFile());
        try {
            Json.Obj json = Json.parse(text == null ? "" : text).asObject();
            Format.TASK.require(json, "the task " + path.getFileName());
        } catch (UserError later) {
            return later;
        } catch (JsonException damaged) {
            // As everything else that is wrong with it.
        }
        return UserError.failed(
                "the task cannot be read from " + taskFile(), "keystone-agent task list");
    }
}
