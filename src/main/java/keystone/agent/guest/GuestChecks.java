package keystone.agent.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.Check;
import keystone.agent.process.Command;
import keystone.agent.process.Packages;
import keystone.agent.process.Programs;

/// What this room needs of the host, for `doctor`.
public final class GuestChecks {
    /// 8.7 is the first whose config takes quotes within quotes.
    private static final int MAJOR = 8;

    private static final int MINOR = 7;
    private static final Pattern VERSION = Pattern.compile("OpenSSH_(\\d{1,3})\\.(\\d{1,3})");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Function<String, Optional<Path>> programs;

    /// @param programs finds a program by its name
    GuestChecks(Function<String, Optional<Path>> programs) {
        this.programs = programs;
    }

    public static List<Check> checks() throws InterruptedException {
        return new GuestChecks(Programs::locate).all();
    }

    List<Check> all() throws InterruptedException {
        return List.of(ssh(), keygen());
    }

    private Check ssh() throws InterruptedException {
        Optional<Path> ssh = programs.apply("ssh");
        return ssh.isEmpty()
                ? failed("ssh", "there is no ssh client")
                : ofVersion(Command.of(ssh.get().toString(), "-V").run(LIMIT).errors());
    }

    Check ofVersion(String answer) {
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            return failed("ssh", "the ssh client is not OpenSSH");
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        String found = "OpenSSH " + major + "." + minor;
        return major > MAJOR || (major == MAJOR && minor >= MINOR)
                ? Check.passed("ssh", found)
                : failed("ssh", found + " is older than " + MAJOR + "." + MINOR);
    }

    private Check keygen() {
        return programs.apply("ssh-keygen").isPresent()
                ? Check.passed("ssh-keygen", "present")
                : failed("ssh-keygen", "there is no ssh-keygen");
    }

    private Check failed(String name, String message) {
        return new Packages(programs).lacking(name, message, "openssh-client");
    }
}
