package keystone.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import keystone.agent.model.Check;

/// What `doctor` asks about confinement: its tools, then whether the chains they make work.
record ConfinementChecks(ConfinementSearch search, HostUser user) {
    List<Check> all() throws InterruptedException {
        var checks = new ArrayList<Check>();
        checks.add(installed("bubblewrap", "bwrap"));
        checks.add(installed("util-linux", "setpriv"));
        boolean toolsAreThere =
                checks.stream().allMatch(check -> check.status() == Check.Status.PASSED);
        if (toolsAreThere) {
            checks.add(judge(search.trials(user.ids()), ConfinementChecks::sysctl));
        }
        return checks;
    }

    private static Check installed(String packageName, String program) {
        return Programs.locate(program)
                .map(path -> Check.passed(packageName, path + " is installed"))
                .orElseGet(
                        () ->
                                Check.failed(
                                        packageName,
                                        "the program `" + program + "` is not installed",
                                        Packages.ofThisHost().install(packageName)));
    }

    /// @param trials from the tightest to the loosest
    static Check judge(List<ConfinementSearch.Trial> trials, Function<String, String> sysctl) {
        String name = "confinement";
        ConfinementSearch.Trial first = trials.getFirst();
        var best = trials.stream().filter(ConfinementSearch.Trial::works).findFirst();
        if (best.isEmpty()) {
            return Check.failed(name, "nothing works: " + first.complaint(), fix(sysctl));
        }
        if (best.get().equals(first)) {
            return Check.passed(name, String.join(", ", first.confinement().explain()));
        }
        return switch (best.get().confinement()) {
            case UserConfinement _ ->
                    Check.warning(
                            name,
                            "QEMU keeps your supplementary groups: " + first.complaint(),
                            moreIds());
            case RootConfinement _, NoConfinement _ ->
                    Check.warning(
                            name,
                            "user namespaces are not permitted: " + first.complaint(),
                            fix(sysctl));
        };
    }

    private static String moreIds() {
        return Packages.ofThisHost().install("uidmap")
                + "; sudo usermod --add-subuids 100000-165535"
                + " --add-subgids 100000-165535 \"$(id -un)\"";
    }

    /// The switches that are known to forbid user namespaces, and how each is turned.
    private static String fix(Function<String, String> sysctl) {
        if (sysctl.apply("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
            // Ubuntu since 23.10: only programs with a profile may.
            return "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap"
                    + " /usr/bin/bwrap flags=(unconfined) {\\n  userns,\\n}\\n'"
                    + " | sudo tee /etc/apparmor.d/bwrap"
                    + " && sudo apparmor_parser -r /etc/apparmor.d/bwrap";
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
