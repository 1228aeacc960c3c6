package keystone.agent.model;

/// Whether the guest may change what it is shown.
public enum Access {
    READ_ONLY,
    READ_WRITE
}
