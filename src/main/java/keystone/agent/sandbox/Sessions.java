package keystone.agent.sandbox;

import java.util.List;
import java.util.function.Consumer;
import keystone.agent.model.SandboxName;

/// What happens inside a running sandbox.
@SuppressWarnings("DoNotCallSuggester")
public final class Sessions {
    /// Whether `logs` ends at the end.
    public enum Follow {
        NO,
        YES
    }

    public int exec(SandboxName name, ExecRequest request) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void ssh(SandboxName name, List<String> command) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void attach(SandboxName name) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void copy(CopyRequest request) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public void logs(SandboxName name, LogSource source, Follow follow, Consumer<String> lines)
            throws InterruptedException {
        throw new UnsupportedOperationException();
    }
}
