package keystone.agent.supervisor;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.guest.ExactArguments;
import keystone.agent.guest.ExecRequest;
import keystone.agent.guest.GuestAttachments;
import keystone.agent.guest.SessionToken;
import keystone.agent.model.Task;
import keystone.agent.process.OwnedProcess;
import keystone.agent.task.AgentLauncher;

/// Starts what works on a task, marked as of that task. Thread-safe.
final class TaskLauncher implements AgentLauncher {
    private final Task task;
    private final Workplace place;
    private final SessionToken token = SessionToken.create();
    private volatile boolean mayRun;

    TaskLauncher(Task task, Workplace place) {
        this.task = task;
        this.place = place;
    }

    @Override
    public OwnedProcess start(List<String> command, Map<String, String> environment) {
        mayRun = true;
        return place.start(
                new ExecRequest(
                        ExactArguments.of(command),
                        task.directory(),
                        withAttached(environment),
                        token));
    }

    /// A script finds them by that.
    private Map<String, String> withAttached(Map<String, String> environment) {
        if (task.order().extras().staged() == null) {
            return environment;
        }
        var all = new TreeMap<>(environment);
        all.put("KEYSTONE_ATTACHED", GuestAttachments.directory(task.id()));
        return all;
    }

    /// Ends whatever of it runs; once for each time that something was started: in an emulated
    /// guest it takes seconds.
    void end() throws InterruptedException {
        if (mayRun) {
            mayRun = false;
            place.end(token);
        }
    }
}
