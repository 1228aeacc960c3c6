package keystone.agent.task;

import java.util.List;
import java.util.Map;
import keystone.agent.process.OwnedProcess;

/// Starts programs where the task works.
public interface AgentLauncher {
    /// Whoever starts it closes it. What it leaves behind is ended by whoever runs the task.
    OwnedProcess start(List<String> command, Map<String, String> environment);
}
