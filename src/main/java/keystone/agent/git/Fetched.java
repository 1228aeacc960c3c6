package keystone.agent.git;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a sandbox's namespace holds after a fetch.
///
/// @param branches the guest's, by name; names are the guest's words and may hold anything that git
///     allows
/// @param old where refs begin that the guest no longer has, and that nothing else here held; empty
///     when there was none
public record Fetched(
        Map<String, ObjectId> branches, Optional<ObjectId> stash, Optional<String> old) {
    public Fetched {
        branches = Collections.unmodifiableMap(new TreeMap<>(branches));
    }

    /// What a person should know of it, without a full stop; empty when nothing is gone.
    ///
    /// @param where it begins with
    public Optional<String> words(String where) {
        return old.map(
                place ->
                        where
                                + "what the guest has removed or rewritten since it was fetched is"
                                + " kept: git for-each-ref "
                                + place.substring(0, place.length() - 1));
    }
}
