package keystone.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/// What a host does to forbid user namespaces, and how a person permits them to the two programs
/// that we make them with: one answer for everything that needs them.
public final class UserNamespaces {
    /// AppArmor knows programs by their files, so whoever runs these two may make namespaces. For
    /// every other program the host's rule stays as it is.
    private static final String PROFILES =
            "profile bwrap /usr/bin/bwrap flags=(unconfined) {\\n  userns,\\n}\\n"
                    + "profile unshare /usr/bin/unshare flags=(unconfined) {\\n  userns,\\n}\\n";

    private static final String PROFILE_FILE = "/etc/apparmor.d/bwrap";

    private UserNamespaces() {}

    /// What to paste on this host, where they are forbidden.
    public static String fix() {
        return fix(UserNamespaces::sysctl);
    }

    /// The switches that are known to forbid user namespaces, and how each is turned.
    static String fix(Function<String, String> sysctl) {
        if (sysctl.apply("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
            // Ubuntu since 23.10: only programs with a profile may.
            return "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\n"
                    + PROFILES
                    + "' | sudo tee "
                    + PROFILE_FILE
                    + " && sudo apparmor_parser -r "
                    + PROFILE_FILE;
        }
        if (sysctl.apply("kernel/unprivileged_userns_clone").equals("0")) {
            return persistently("kernel.unprivileged_userns_clone=1");
        }
        if (sysctl.apply("user/max_user_namespaces").equals("0")) {
            return persistently("user.max_user_namespaces=15000");
        }
        return "if this is a container, start it so that it may use namespaces, such as with"
                + " --privileged";
    }

    private static String persistently(String setting) {
        return "echo '"
                + setting
                + "' | sudo tee /etc/sysctl.d/60-keystone-agent.conf"
                + " && sudo sysctl --system";
    }

    /// Empty when this kernel has no such switch.
    private static String sysctl(String name) {
        try {
            return Files.readString(Path.of("/proc/sys").resolve(name)).strip();
        } catch (IOException none) {
            return "";
        }
    }
}
