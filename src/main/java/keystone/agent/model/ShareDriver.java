package keystone.agent.model;

/// How a host directory reaches the guest.
///
/// `AUTO` takes the best driver that works on this host; `NINE_P` is QEMU's 9p with
/// `security_model=none`, which shows true owners and modes.
public enum ShareDriver {
    AUTO("auto"),
    NINE_P("9p");

    private final String word;

    ShareDriver(String word) {
        this.word = word;
    }

    /// The word a person types and reads.
    public String word() {
        return word;
    }

    public static ShareDriver parse(String text) {
        for (ShareDriver driver : values()) {
            if (driver.word.equals(text)) {
                return driver;
            }
        }
        throw UserError.usage(
                "there is no share driver `" + Printable.of(text) + "`", "use --share auto or 9p");
    }
}
