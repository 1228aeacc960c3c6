package keystone.agent.git;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a sandbox's namespace holds after a fetch.
///
/// @param branches the guest's, by name; names are the guest's words and may hold anything that git
///     allows
/// @param old where refs begin that the guest no longer has, and that nothing else here held; empty
///     when there was none
/// @param wanted what has come
public record Fetched(
        Map<String, ObjectId> branches,
        Optional<ObjectId> stash,
        Optional<String> old,
        Wanted wanted) {
    public Fetched {
        branches = Collections.unmodifiableMap(new TreeMap<>(branches));
    }

    /// What a person should know of it, sentences without a full stop.
    ///
    /// @param where each begins with
    public List<String> words(String where) {
        var words = new ArrayList<String>();
        old.map(place -> place.substring(0, place.length() - 1))
                .map(
                        place ->
                                "what the guest has removed or rewritten since it was fetched is"
                                        + " kept: git for-each-ref "
                                        + place)
                .ifPresent(words::add);
        if (wanted == Wanted.WITHOUT_TAGS) {
            words.add(
                    "the guest's own tags and notes were not taken: with them, its commits could not"
                            + " be fetched");
        }
        return words.stream().map(where::concat).toList();
    }
}
