package keystone.agent.workspace;

/// What a row of the conformance suite does: it fails with an [AssertionError] that says what was
/// seen.
@FunctionalInterface
interface Trial {
    /// Returns what was measured on the way, or an empty text.
    String in(SharedTree tree) throws Exception;
}
