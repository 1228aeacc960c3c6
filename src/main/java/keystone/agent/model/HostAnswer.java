package keystone.agent.model;

/// What a host answered a guest's program, where the exit can read it: a status of HTTP.
///
/// @param host a name, or an address
public record HostAnswer(String host, int status) {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    /// Whether programs take it for something that passes: they ask again, some of them for as long
    /// as it lasts, without a word.
    public boolean isTryLater() {
        return status == TOO_MANY_REQUESTS || status >= SERVER_ERROR;
    }

    /// For people.
    public String sentence() {
        String why =
                status == TOO_MANY_REQUESTS
                        ? "it is asked too often, or a quota is used up"
                        : "it is overloaded, or broken";
        return "%s answers %d: %s".formatted(host, status, why);
    }
}
