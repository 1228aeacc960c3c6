package keystone.agent.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/// How host directories reach the guest.
public enum ShareDriver {
    /// The best of the next that works on this host.
    AUTO("auto"),
    /// A virtiofsd of ours serves each directory: true owners, modes and kinds of files, and fast.
    VIRTIOFS("virtiofs"),
    /// QEMU's 9p with `security_model=none`: true owners and modes.
    NINE_P("9p"),
    /// QEMU's 9p with `security_model=mapped-xattr`: the guest may give files any owner and mode;
    /// the host keeps them as attributes of files that only the project's owner can read.
    NINE_P_MAPPED("9p-mapped"),
    /// None: the project is cloned onto the guest's disk. Other directories are shared as with
    /// [#AUTO].
    CLONE("clone");

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
                "there is no share driver `" + Printable.of(text) + "`", "use --share " + choice());
    }

    private static String choice() {
        String all =
                Arrays.stream(values()).map(ShareDriver::word).collect(Collectors.joining(", "));
        int last = all.lastIndexOf(", ");
        return all.substring(0, last) + " or " + all.substring(last + 2);
    }
}
