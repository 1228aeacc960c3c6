package keystone.agent.model;

/// Whose commits a sandbox's are.
public sealed interface IdentityChoice {
    /// Whoever git on this host would name in the project.
    record Host() implements IdentityChoice {}

    /// The sandbox itself, so that what an agent committed is told from what its user did.
    record Agent() implements IdentityChoice {}

    record Fixed(GitIdentity.Person person) implements IdentityChoice {}

    /// Reads `host`, `agent` or `NAME <EMAIL>`.
    static IdentityChoice parse(String text) {
        return switch (text) {
            case "host" -> new Host();
            case "agent" -> new Agent();
            default -> new Fixed(GitIdentity.Person.parse(text));
        };
    }

    /// As a person types it.
    default String word() {
        return switch (this) {
            case Host _ -> "host";
            case Agent _ -> "agent";
            case Fixed(GitIdentity.Person person) -> person.toString();
        };
    }
}
