package keystone.agent.sandbox;

import java.nio.file.Path;
import keystone.agent.model.Access;
import org.jspecify.annotations.Nullable;

/// What `mount` was asked for.
///
/// @param guest the directory inside; null is where files live that only the guest has
/// @param at an empty directory of this host; null is one of ours
public record MountRequest(@Nullable String guest, @Nullable Path at, Access access) {}
