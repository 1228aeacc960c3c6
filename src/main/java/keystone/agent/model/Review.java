package keystone.agent.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// What changed in a project, and what of it needs a look.
///
/// @param since when the tree was looked at before
/// @param before what that was
/// @param changes in the order of the tree; directories only where they are of interest themselves
/// @param concerns what needs a look, the most serious first
/// @param complete false when there was more than is looked at
public record Review(
        Instant since,
        Baseline before,
        List<Change> changes,
        List<Concern> concerns,
        boolean complete) {
    /// What the tree was compared with.
    public enum Baseline {
        START("its first start"),
        REVIEW("the last review");

        private final String words;

        Baseline(String words) {
            this.words = words;
        }

        /// As in "changed since …".
        public String words() {
            return words;
        }
    }

    /// What happened to a name.
    public enum Kind {
        ADDED,
        CHANGED,
        REMOVED;

        /// In lower case.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One name that is not what it was.
    ///
    /// @param path relative to the project; hostile
    public record Change(String path, Kind kind) {}

    /// One thing that needs a look.
    ///
    /// @param detail what there is to know beside the danger, such as where a link leads; hostile,
    /// may be empty
    public record Concern(Change change, Danger danger, String detail) {}

    public Review {
        changes = List.copyOf(changes);
        concerns = List.copyOf(concerns);
    }

    /// Whether somebody has to look.
    public boolean needsLook() {
        return !concerns.isEmpty() || !complete;
    }

    public long count(Kind kind) {
        return changes.stream().filter(each -> each.kind() == kind).count();
    }
}
