package keystone.agent.sandbox;

/// Puts the use cases together; nothing is made before a command asks for it.
@SuppressWarnings("DoNotCallSuggester")
public final class Assembly {
    public Sandboxes sandboxes() {
        throw new UnsupportedOperationException();
    }

    public SandboxImages images() {
        throw new UnsupportedOperationException();
    }

    public Sessions sessions() {
        throw new UnsupportedOperationException();
    }
}
