package keystone.agent.model;

/// What a server said when it was shown a secret.
///
/// @param sentence for a person, and without the value
public record TokenTrial(Outcome outcome, String sentence) {
    /// What it means.
    public enum Outcome {
        WORKS,
        REFUSED,
        UNCLEAR
    }
}
