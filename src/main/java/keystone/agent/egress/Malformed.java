package keystone.agent.egress;

/// Something is not as its protocol has it; what follows cannot be understood either.
final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
    static final int BAD_REQUEST = 400;
    static final int HEAD_TOO_LARGE = 431;

    private final int status;

    Malformed(String what) {
        this(BAD_REQUEST, what);
    }

    /// @param status HTTP's
    /// @param what of our own words alone: nothing of what was sent
    Malformed(int status, String what) {
        super(what);
        this.status = status;
    }

    int status() {
        return status;
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
