package keystone.agent.model;

/// Something that changed in a project on its host, of which the guest's kernel was told nothing.
///
/// Paths are relative to the project, without a `/` at either end, each byte as the character of
/// the same number; the project itself is the empty path.
public sealed interface HostChange {
    /// A file has other content, or other attributes.
    ///
    /// @param modified its time of modification, in nanoseconds since the epoch
    record Content(String path, long modified) implements HostChange {}

    /// There is an entry of that name now; perhaps there was another one before.
    ///
    /// @param modified as above
    record Entry(String path, long modified) implements HostChange {}

    /// There is no such entry any more.
    record Gone(String path) implements HostChange {}

    /// Any entry of the directory may have changed, but nothing further down.
    record Directory(String path) implements HostChange {}

    /// Anything may have changed.
    record Everything() implements HostChange {}
}
