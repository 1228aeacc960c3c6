package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import keystone.agent.model.HostContact;
import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.UserError;
import keystone.agent.sandbox.Returning;
import keystone.agent.sandbox.TaskTail;
import keystone.agent.sandbox.TaskView;
import org.jspecify.annotations.Nullable;

/// Tasks that exist only in memory, and a record of what was asked of them.
final class FakeTasks implements UseCases.OfTasks {
    static final TaskId ID = new TaskId("k3f9ta");

    final List<String> calls = new ArrayList<>();

    /// A test may change it while a command looks at it.
    final List<TaskView> all = new CopyOnWriteArrayList<>();

    List<HostContact> hosts = List.of();
    @Nullable String beyond;
    String diff = " new.txt | 1 +\n";
    @Nullable TaskOrder lastOrder;
    List<Path> lastAttached = List.of();
    @Nullable TaskAnswer lastAnswer;
    Consumer<TaskAnswer> answering = _ -> {};
    Runnable showing = () -> {};
    Function<TaskId, TaskTail> following =
            _ -> {
                throw new UnsupportedOperationException("nothing of it is on a disk");
            };

    Returning.Result result =
            new Returning.Result(Returning.Result.Kind.DONE, "`main`: 1 new commit", "");

    @Nullable String obstacle;

    @Override
    public Optional<String> obstacle(Path project) {
        return Optional.ofNullable(obstacle);
    }

    @Override
    public TaskId submit(SandboxName name, TaskOrder order, List<Path> attached) {
        calls.add("submit " + name);
        lastOrder = order;
        lastAttached = attached;
        return ID;
    }

    @Override
    public List<TaskView> list() {
        calls.add("list");
        return List.copyOf(all);
    }

    @Override
    public List<TaskView> list(SandboxName name) {
        calls.add("list " + name);
        return all.stream().filter(each -> each.task().sandbox().equals(name)).toList();
    }

    @Override
    public TaskView show(TaskId id) {
        showing.run();
        return all.stream()
                .filter(each -> each.task().id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no task `" + id + "`",
                                        "keystone-agent task list"));
    }

    @Override
    public TaskTail follow(TaskId id) {
        return following.apply(id);
    }

    @Override
    public List<HostContact> hosts(TaskId id) {
        return hosts;
    }

    @Override
    public void answer(TaskId id, TaskAnswer answer) {
        calls.add(
                "answer %s %s %s"
                        .formatted(
                                id, answer.question(), String.join(",", answer.values().values())));
        lastAnswer = answer;
        answering.accept(answer);
    }

    @Override
    public void reply(TaskId id, String prompt) {
        calls.add("reply " + id + " " + prompt);
    }

    @Override
    public void resume(TaskId id) {
        calls.add("resume " + id);
    }

    @Override
    public void cancel(TaskId id) {
        calls.add("cancel " + id);
    }

    @Override
    public String diff(TaskId id, Returning.Form form) {
        calls.add("diff " + id + " " + form);
        return diff;
    }

    @Override
    public Optional<String> beyond(TaskId id) {
        return Optional.ofNullable(beyond);
    }

    @Override
    public Returning.Result accept(TaskId id, Returning.Reach reach) {
        calls.add("accept " + id + " " + reach);
        return result;
    }

    @Override
    public String reject(TaskId id) {
        calls.add("reject " + id);
        return "refs/keystone/blue/tasks/" + id;
    }
}
