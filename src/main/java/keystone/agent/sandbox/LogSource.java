package keystone.agent.sandbox;

/// Which log of a sandbox.
public enum LogSource {
    CONSOLE,
    SUPERVISOR,
    EGRESS
}
