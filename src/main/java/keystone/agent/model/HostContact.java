package keystone.agent.model;

import org.jspecify.annotations.Nullable;

/// A host that a guest's program asked its exit for.
///
/// @param host a name, or an address
/// @param port null where only a name was asked for
/// @param verdict `allowed`, `refused` or `failed`
public record HostContact(String host, @Nullable Integer port, String verdict) {
    /// In the place of a host: there were more than are told.
    public static final String MORE = "(more hosts)";

    /// Such as `example.org:443`.
    public String target() {
        return port == null ? host : host + ":" + port;
    }
}
