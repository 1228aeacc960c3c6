package keystone.agent.model;

/// Orders of tasks to bash, for tests to which the rest of an order does not matter.
public final class TestOrders {
    private TestOrders() {}

    /// In the project's own files, and allowed everything.
    public static TaskOrder here(String script) {
        return here(script, TaskOrder.Permissions.ALLOW);
    }

    public static TaskOrder here(String script, TaskOrder.Permissions permissions) {
        return new TaskOrder(
                new AgentSpec.Shell(),
                script,
                TaskOrder.Where.HERE,
                permissions,
                TaskOrder.Limits.USUAL,
                null,
                TaskExtras.NONE);
    }
}
