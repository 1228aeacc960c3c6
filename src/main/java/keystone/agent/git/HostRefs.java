package keystone.agent.git;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// The repository's branches and tags at one moment.
///
/// Refs whose names are not UTF-8 are not among them, as they could not be named again.
///
/// @param branches commits by name, without `refs/heads/`
/// @param tags commits or tag objects by name, without `refs/tags/`
public record HostRefs(Head head, Map<String, ObjectId> branches, Map<String, ObjectId> tags) {
    public HostRefs {
        branches = Collections.unmodifiableMap(new TreeMap<>(branches));
        tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    }
}
