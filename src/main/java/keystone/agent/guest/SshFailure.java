package keystone.agent.guest;

import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Why ssh could not reach the guest, from what ssh said. Its words have been the same for many
/// years, and what is not recognised is passed on.
record SshFailure(Reason reason, String words) {
    /// ssh's own failures have this status, as has a command that returns it.
    static final int STATUS = 255;

    private static final int LONGEST = 300;

    enum Reason {
        /// Somebody with another host key.
        ANOTHER_MACHINE,
        /// The guest does not take this sandbox's key.
        REFUSED_KEY,
        /// Nobody listens.
        NOBODY,
        /// No answer in time.
        SILENT,
        OTHER
    }

    static SshFailure of(String errors) {
        return new SshFailure(reason(errors), lastLine(errors));
    }

    private static Reason reason(String errors) {
        if (errors.contains("Host key verification failed")
                || errors.contains("HOST IDENTIFICATION HAS CHANGED")) {
            return Reason.ANOTHER_MACHINE;
        }
        if (errors.contains("Permission denied (")) {
            return Reason.REFUSED_KEY;
        }
        if (errors.contains("Connection refused")) {
            return Reason.NOBODY;
        }
        if (errors.contains("timed out")) {
            return Reason.SILENT;
        }
        return Reason.OTHER;
    }

    private static String lastLine(String errors) {
        String text = errors.strip();
        String line = text.substring(text.lastIndexOf('\n') + 1);
        return Printable.of(line.length() > LONGEST ? line.substring(0, LONGEST) : line);
    }

    /// Whether the same attempt may go well in a moment.
    boolean mayPass() {
        return switch (reason) {
            case ANOTHER_MACHINE, REFUSED_KEY -> false;
            case NOBODY, SILENT, OTHER -> true;
        };
    }

    /// The sentence for a person.
    ///
    /// @param port null where it is not known
    UserError toError(SandboxName name, @Nullable Integer port) {
        String where = port == null ? "its port" : "port " + port;
        String problem =
                switch (reason) {
                    case ANOTHER_MACHINE ->
                            "another machine answered on "
                                    + where
                                    + ": its host key is not that of the sandbox `"
                                    + name
                                    + "`";
                    case REFUSED_KEY ->
                            "the machine on "
                                    + where
                                    + " does not take the key of the sandbox `"
                                    + name
                                    + "`";
                    case NOBODY ->
                            "nothing listens on " + where + " for the sandbox `" + name + "`";
                    case SILENT ->
                            "the guest of the sandbox `" + name + "` does not answer on " + where;
                    case OTHER -> "ssh cannot reach the sandbox `" + name + "`: " + words;
                };
        return UserError.failed(problem, "keystone-agent restart " + name);
    }
}
