package keystone.agent.git;

/// What is checked out in the project on this host.
public sealed interface Head {
    /// A branch, which may have no commit yet.
    ///
    /// @param branch without `refs/heads/`
    record OnBranch(String branch) implements Head {}

    /// A commit of no branch.
    record Detached(ObjectId commit) implements Head {}
}
