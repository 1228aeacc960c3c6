package keystone.agent.model;

/// How a sandbox is taken down.
public enum StopMode {
    /// The guest powers off by itself; only when it does not, its process is ended.
    GRACEFUL,
    /// Its process is ended at once; what the guest had not written to its disk is lost.
    FORCE
}
