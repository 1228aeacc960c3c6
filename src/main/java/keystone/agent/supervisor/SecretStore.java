package keystone.agent.supervisor;

import java.nio.file.Path;
import java.util.function.Predicate;

/// Where this host keeps what `tokens set` was given, and what of the host is not to be believed.
///
/// @param directory of all sandboxes together
/// @param guestCanWrite whether some guest can change what a path leads to
public record SecretStore(Path directory, Predicate<Path> guestCanWrite) {}
