package keystone.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import keystone.agent.cli.UseCases;
import keystone.agent.model.HostContact;
import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.sandbox.Returning;
import keystone.agent.sandbox.TaskTail;
import keystone.agent.sandbox.TaskView;
import keystone.agent.sandbox.Tasks;

/// Hands questions about tasks on.
record TaskUseCases(Tasks to) implements UseCases.OfTasks {
    @Override
    public Optional<String> obstacle(Path project) throws InterruptedException {
        return to.obstacle(project);
    }

    @Override
    public TaskId submit(SandboxName name, TaskOrder order, List<Path> attached)
            throws InterruptedException {
        return to.submit(name, order, attached);
    }

    @Override
    public List<TaskView> list() throws InterruptedException {
        return to.list();
    }

    @Override
    public List<TaskView> list(SandboxName name) throws InterruptedException {
        return to.list(name);
    }

    @Override
    public TaskView show(TaskId id) throws InterruptedException {
        return to.show(id);
    }

    @Override
    public TaskTail follow(TaskId id) {
        return to.follow(id);
    }

    @Override
    public List<HostContact> hosts(TaskId id) {
        return to.hosts(id);
    }

    @Override
    public void answer(TaskId id, TaskAnswer answer) throws InterruptedException {
        to.answer(id, answer);
    }

    @Override
    public void reply(TaskId id, String prompt) throws InterruptedException {
        to.reply(id, prompt);
    }

    @Override
    public void resume(TaskId id) throws InterruptedException {
        to.resume(id);
    }

    @Override
    public void cancel(TaskId id) throws InterruptedException {
        to.cancel(id);
    }

    @Override
    public String diff(TaskId id, Returning.Form form) throws InterruptedException {
        return to.diff(id, form);
    }

    @Override
    public Optional<String> beyond(TaskId id) throws InterruptedException {
        return to.beyond(id);
    }

    @Override
    public Returning.Result accept(TaskId id, Returning.Reach reach) throws InterruptedException {
        return to.accept(id, reach);
    }

    @Override
    public String reject(TaskId id) throws InterruptedException {
        return to.reject(id);
    }
}
