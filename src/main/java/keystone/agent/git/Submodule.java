package keystone.agent.git;

/// A place in a project where another repository is checked out, or could be: git on this host
/// looks into it by itself.
public sealed interface Submodule {
    /// Relative to the project; of names that are directories, and of nothing else.
    String path();

    /// Its git directory is in the project's.
    ///
    /// @param repository of the directory `path`
    record Present(String path, HostRepository repository) implements Submodule {}

    /// Nothing is checked out there.
    record Empty(String path) implements Submodule {}

    /// It cannot be kept from the guest.
    ///
    /// @param why follows "the submodule PATH" in a sentence; safe to print
    record Unfit(String path, String why) implements Submodule {}
}
