package keystone.agent.sandbox;

/// What `start` came to.
///
/// @param alreadyRunning true when there was nothing to do
public record Started(Observation.Intact sandbox, boolean alreadyRunning) {}
