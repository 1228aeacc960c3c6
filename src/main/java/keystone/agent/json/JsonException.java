package keystone.agent.json;

/// Text that is not JSON, breaks a limit, or lacks what a reader needs. The message is one sentence
/// without the offending text, so it can be shown to a person.
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }

    public JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
