package keystone.agent.sandbox;

import keystone.agent.model.SandboxState;
import keystone.agent.model.UserError;
import keystone.agent.store.SandboxDir;
import keystone.agent.supervisor.SupervisorClient;

/// Whether there is a guest that something can be asked of.
final class Usable {
    private Usable() {}

    /// A connection to its supervisor, or a refusal that says what the sandbox is instead of
    /// running.
    static SupervisorClient require(SandboxDir dir) throws InterruptedException {
        SupervisorClient supervisor =
                SupervisorClient.connect(dir, SupervisorClient.Listener.none())
                        .orElseThrow(() -> refusal(dir, unsupervised(dir)));
        try {
            SandboxState state = supervisor.status().state();
            if (state instanceof SandboxState.Running) {
                return supervisor;
            }
            throw refusal(dir, state);
        } catch (InterruptedException | RuntimeException notUsable) {
            supervisor.close();
            throw notUsable;
        }
    }

    private static UserError refusal(SandboxDir dir, SandboxState state) {
        return state instanceof SandboxState.Broken(String problem, String fix)
                ? UserError.wrongState(problem, fix)
                : UserError.wrongState(
                        "sandbox `%s` is %s".formatted(dir.name(), state.word()),
                        "keystone-agent start --name " + dir.name());
    }

    private static SandboxState unsupervised(SandboxDir dir) {
        try {
            return Observer.ofThisHost().observe(dir).state();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return new SandboxState.Stopped();
        }
    }
}
