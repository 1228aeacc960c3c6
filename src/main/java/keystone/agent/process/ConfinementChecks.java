package keystone.agent.process;

import java.util.ArrayList;
import java.util.List;
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
            checks.add(judge(search.trials(user.ids()), UserNamespaces.fix()));
        }
        return checks;
    }

    private static Check installed(String packageName, String program) {
        return Programs.locate(program)
                .map(path -> Check.passed(packageName, path + " is installed"))
                .orElseGet(
                        () ->
                                Packages.ofThisHost()
                                        .lacking(
                                                packageName,
                                                "the program `" + program + "` is not installed",
                                                packageName));
    }

    /// @param trials from the tightest to the loosest
    /// @param permit how user namespaces are permitted here
    static Check judge(List<ConfinementSearch.Trial> trials, String permit) {
        String name = "confinement";
        ConfinementSearch.Trial first = trials.getFirst();
        var best = trials.stream().filter(ConfinementSearch.Trial::works).findFirst();
        if (best.isEmpty()) {
            return Check.failed(name, "nothing works: " + first.complaint(), permit);
        }
        if (best.get().equals(first)) {
            return Check.passed(
                    name, "full; `keystone-agent status` tells what it is of a sandbox");
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
                            permit);
        };
    }

    private static String moreIds() {
        return Packages.ofThisHost().install("uidmap")
                + "; sudo usermod --add-subuids 100000-165535"
                + " --add-subgids 100000-165535 \"$(id -un)\"";
    }
}
