package keystone.agent.sandbox;

import java.nio.file.Path;
import keystone.agent.model.SandboxName;

/// A sandbox that is down and whose project is not there at the moment.
public record Orphan(SandboxName name, Path project) {}
