package keystone.agent.sandbox;

import java.nio.file.Path;
import keystone.agent.model.SandboxName;

/// A directory of a guest that is seen on this host.
///
/// @param guest its path inside
/// @param host where it is seen
/// @param already whether it was there before anybody asked
public record Mounted(SandboxName sandbox, String guest, Path host, boolean already) {}
