package keystone.agent.egress.hpack;

/// A header section that cannot be read. Nothing that follows on its connection can be, either:
/// both sides have to have read the same.
public final class HpackException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param what of our own words alone: nothing of what was sent
    HpackException(String what) {
        super(what);
    }

    /// In our own words.
    public String what() {
        return String.valueOf(getMessage());
    }
}
