package keystone.agent.git;

import java.util.Optional;
import keystone.agent.model.SandboxName;
import keystone.agent.model.TaskId;
import org.jspecify.annotations.Nullable;

/// What of the guest's commits to bring home.
///
/// @param branch without `refs/heads/`; empty for the one that is checked out on this host
/// @param gitlinks what to do with repositories that the commits add within this one
/// @param task whose kept commit is to come home; null for what was fetched of the branch
/// @param workspace which files the guest has in its workspace
public record SyncRequest(
        Optional<String> branch, Gitlinks gitlinks, Workspace workspace, @Nullable TaskId task) {
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

    /// For a guest that shares the project's files.
    public SyncRequest(Optional<String> branch, Gitlinks gitlinks) {
        this(branch, gitlinks, Workspace.SHARED, null);
    }

    public static SyncRequest of(String branch) {
        return new SyncRequest(Optional.of(branch), Gitlinks.REFUSE);
    }

    /// What a task has made, for the branch that is checked out.
    public static SyncRequest of(TaskId task) {
        return new SyncRequest(Optional.empty(), Gitlinks.REFUSE, Workspace.SHARED, task);
    }

    /// The ref that holds what is to become a branch of this host's.
    String source(SandboxName name, String host) {
        return task == null ? RefReader.fetched(name) + host : RefReader.tasks(name) + task;
    }

    /// This request for a guest that has no file of the project.
    public SyncRequest apart() {
        return new SyncRequest(branch, gitlinks, Workspace.APART, task);
    }

    public SyncRequest confirmed() {
        return new SyncRequest(branch, Gitlinks.CONFIRMED, workspace, task);
    }
}
