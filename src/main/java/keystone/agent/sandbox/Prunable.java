package keystone.agent.sandbox;

/// Something that nobody needs any more.
///
/// @param what a path or a name
/// @param why one sentence without a full stop
public record Prunable(String what, String why) {}
