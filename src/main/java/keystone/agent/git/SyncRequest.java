package keystone.agent.git;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What of the guest's commits to bring home.
///
/// @param branch without `refs/heads/`; empty for the one that is checked out on this host
/// @param gitlinks what to do with repositories that the commits add within this one
/// @param source the guest's branch where it has another name than this host's; null where not
/// @param workspace which files the guest has in its workspace
public record SyncRequest(
        Optional<String> branch, Gitlinks gitlinks, Workspace workspace, @Nullable String source) {
    /// What the guest's commits were made of.
    public enum Workspace {
        /// The project's own files: what the guest has committed there is here already.
        SHARED,
        /// Others.
        APART
    }

    /// A nested repository is obeyed by this host's git as soon as the index knows of it: `git
    /// status` runs what its configuration names, and the guest can write that.
    public enum Gitlinks {
        REFUSE,
        /// A person has looked at them.
        CONFIRMED
    }

    /// Of a guest that shares the project's files.
    public SyncRequest(Optional<String> branch, Gitlinks gitlinks) {
        this(branch, gitlinks, Workspace.SHARED, null);
    }

    public static SyncRequest ofCurrentBranch() {
        return new SyncRequest(Optional.empty(), Gitlinks.REFUSE);
    }

    public static SyncRequest of(String branch) {
        return new SyncRequest(Optional.of(branch), Gitlinks.REFUSE);
    }

    /// The same from another branch of the guest's.
    public SyncRequest from(String other) {
        return new SyncRequest(branch, gitlinks, workspace, other);
    }

    /// The guest's branch that is to become one of this host's.
    String sourceFor(String host) {
        return source == null ? host : source;
    }

    /// The same of a guest that has no file of the project.
    public SyncRequest apart() {
        return new SyncRequest(branch, gitlinks, Workspace.APART, source);
    }

    public SyncRequest confirmed() {
        return new SyncRequest(branch, Gitlinks.CONFIRMED, workspace, source);
    }
}
