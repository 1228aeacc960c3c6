package keystone.agent.egress.hpack;

/// One line of a header section, as bytes of ISO 8859-1.
///
/// @param name begins with a colon when it is one of the protocol's own
public record HeaderField(String name, String value) {
    /// What each costs beside its text, in every limit of the format (RFC 7541, 4.1).
    private static final int OVERHEAD = 32;

    /// In bytes, as limits count it.
    public int size() {
        return name.length() + value.length() + OVERHEAD;
    }

    /// Without the value, which may be a secret.
    @Override
    public String toString() {
        return "HeaderField[" + name + "]";
    }
}
