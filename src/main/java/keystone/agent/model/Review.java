package keystone.agent.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What changed in a project and its sandbox's mounts, and what of it needs a look.
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
    /// @param path relative to the project, or the whole path of what is not in it; hostile
    public record Change(String path, Kind kind) {
        private Change below(String directory) {
            return new Change(directory + "/" + path, kind);
        }
    }

    /// One thing that needs a look.
    ///
    /// @param detail what there is to know beside the danger, such as where a link leads; hostile,
    /// may be empty
    public record Concern(Change change, Danger danger, String detail) {
        private Concern below(String directory) {
            return new Concern(change.below(directory), danger, detail);
        }
    }

    public Review {
        changes = List.copyOf(changes);
        concerns = List.copyOf(concerns);
    }

    /// The same of a directory that is not the project.
    ///
    /// @param directory its whole path
    public Review below(String directory) {
        return new Review(
                since,
                before,
                changes.stream().map(each -> each.below(directory)).toList(),
                concerns.stream().map(each -> each.below(directory)).toList(),
                complete);
    }

    /// This one, and what there is to say of another directory.
    public Review and(Review beside) {
        return new Review(
                since,
                before,
                Stream.concat(changes.stream(), beside.changes.stream()).toList(),
                Stream.concat(concerns.stream(), beside.concerns.stream())
                        .sorted(Comparator.comparing(Concern::danger))
                        .toList(),
                complete && beside.complete);
    }

    /// Whether somebody has to look.
    public boolean needsLook() {
        return !concerns.isEmpty() || !complete;
    }

    public long count(Kind kind) {
        return changes.stream().filter(each -> each.kind() == kind).count();
    }
}
