package keystone.agent.git;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a sandbox's namespace holds after a fetch.
///
/// @param branches the guest's, by name; names are the guest's words and may hold anything that git
///     allows
public record Fetched(Map<String, ObjectId> branches, Optional<ObjectId> stash) {
    public Fetched {
        branches = Collections.unmodifiableMap(new TreeMap<>(branches));
    }
}
