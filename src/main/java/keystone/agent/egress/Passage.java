package keystone.agent.egress;

/// In which form something leaves.
public enum Passage {
    /// Bytes both ways that nobody looks into: CONNECT, SOCKS.
    TUNNEL,
    /// A request that the proxy reads and makes anew.
    PLAIN_HTTP
}
