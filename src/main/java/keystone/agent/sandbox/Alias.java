package keystone.agent.sandbox;

import java.nio.file.Path;
import keystone.agent.model.SandboxName;

/// How the user's own ssh knows a sandbox.
///
/// @param host what is typed after `ssh`
/// @param file where its block is
/// @param block the text of that file
public record Alias(SandboxName name, String host, Path file, String block) {}
