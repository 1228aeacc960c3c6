package keystone.agent.sandbox;

import java.nio.file.Path;

/// Something that nobody needs any more.
///
/// @param why one sentence without a full stop
public record Prunable(Path path, String why) {}
