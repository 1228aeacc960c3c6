package keystone.agent.guest;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.Check;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;

/// What this room needs of the host, for `doctor`.
public final class GuestChecks {
    /// 8.7 is the first whose config takes quotes within quotes.
    private static final int MAJOR = 8;

    private static final int MINOR = 7;
    private static final Pattern VERSION = Pattern.compile("OpenSSH_(\\d{1,3})\\.(\\d{1,3})");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String INSTALL = "sudo apt-get install openssh-client";

    private GuestChecks() {}

    public static List<Check> checks() throws InterruptedException {
        return List.of(ssh(), keygen());
    }

    private static Check ssh() throws InterruptedException {
        if (Programs.locate("ssh").isEmpty()) {
            return Check.failed("ssh", "there is no ssh client", INSTALL);
        }
        return ofVersion(Command.of("ssh", "-V").run(LIMIT).errors());
    }

    static Check ofVersion(String answer) {
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            return Check.failed("ssh", "the ssh client is not OpenSSH", INSTALL);
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        String found = "OpenSSH " + major + "." + minor;
        return major > MAJOR || (major == MAJOR && minor >= MINOR)
                ? Check.passed("ssh", found)
                : Check.failed("ssh", found + " is older than " + MAJOR + "." + MINOR, INSTALL);
    }

    private static Check keygen() {
        return Programs.locate("ssh-keygen").isPresent()
                ? Check.passed("ssh-keygen", "present")
                : Check.failed("ssh-keygen", "there is no ssh-keygen", INSTALL);
    }
}
