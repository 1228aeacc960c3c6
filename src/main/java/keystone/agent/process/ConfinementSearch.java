package keystone.agent.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import keystone.agent.model.Check;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// Finds the tightest confinement that this host permits, by trying: what kernels, distributions
/// and containers forbid shows only when a chain runs. Thread-safe.
public final class ConfinementSearch {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HostUser user;
    private final Map<Owner, Confinement> found = new ConcurrentHashMap<>();

    public ConfinementSearch(HostUser user) {
        this.user = user;
    }

    public HostUser user() {
        return user;
    }

    /// One chain that was tried with a program that does nothing.
    ///
    /// @param complaint what the chain's tools said when it did not work
    record Trial(Confinement confinement, boolean works, String complaint) {}

    /// The tightest that works for programs that shall work as `owner`. What was found is kept, so
    /// that all who ask get one answer.
    public Confinement tightest(Owner owner) throws InterruptedException {
        Confinement known = found.get(owner);
        if (known != null) {
            return known;
        }
        Confinement tried = find(owner);
        Confinement first = found.putIfAbsent(owner, tried);
        return first == null ? tried : first;
    }

    private Confinement find(Owner owner) throws InterruptedException {
        String complaint = "";
        for (Confinement candidate : candidates(owner, tools())) {
            Trial trial = attempt(candidate);
            if (trial.works()) {
                return candidate;
            }
            complaint = trial.complaint();
        }
        throw UserError.hostLacks(
                "nothing can be confined on this host: " + complaint, "keystone-agent doctor");
    }

    /// From the tightest to the loosest.
    List<Confinement> candidates(Owner owner, Confinement.Tools tools) {
        if (user.isRoot()) {
            return ofRoot(owner, tools);
        }
        if (owner.uid() != user.ids().uid()) {
            throw UserError.failed(
                    "the project belongs to user "
                            + owner.uid()
                            + ", and only root may work as"
                            + " somebody else",
                    "run it as that user, or as root");
        }
        Owner self = user.ids();
        return List.of(
                new UserConfinement(tools, self, UserConfinement.Before.MANY_IDS),
                new UserConfinement(tools, self, UserConfinement.Before.GUARD),
                new UserConfinement(tools, self, UserConfinement.Before.NOTHING),
                new NoConfinement(tools, self));
    }

    /// Without user namespaces a root-owned project would need a guest user with the id 0, whom no
    /// sshd lets in.
    private static List<Confinement> ofRoot(Owner owner, Confinement.Tools tools) {
        var all = new ArrayList<Confinement>();
        all.add(new RootConfinement(tools, owner, RootConfinement.Ids.MAPPED, List.of()));
        if (!owner.isRoot()) {
            all.add(new RootConfinement(tools, owner, RootConfinement.Ids.EQUAL, List.of()));
        }
        return all;
    }

    /// Runs the chain.
    private static Trial attempt(Confinement candidate) throws InterruptedException {
        String nothing = located("true", "coreutils").toString();
        var enclosure = new Enclosure(SystemFiles.places(), Map.of());
        List<String> chain = candidate.enclose(enclosure, List.of(nothing));
        try {
            Command.Finished finished = Command.of(chain).run(LIMIT);
            String said = Printable.of(finished.errors().strip());
            return new Trial(candidate, finished.ok(), said);
        } catch (Command.TookTooLong stuck) {
            return new Trial(candidate, false, String.valueOf(stuck.getMessage()));
        }
    }

    /// Every chain that could be used, tried; for `doctor`.
    List<Trial> trials(Owner owner) throws InterruptedException {
        var trials = new ArrayList<Trial>();
        for (Confinement candidate : candidates(owner, tools())) {
            trials.add(attempt(candidate));
        }
        return trials;
    }

    /// What `doctor` asks about confinement.
    public List<Check> checks() throws InterruptedException {
        return new ConfinementChecks(this, user).all();
    }

    private static Confinement.Tools tools() {
        return new Confinement.Tools(
                located("bwrap", "bubblewrap"),
                located("setpriv", "util-linux"),
                located("unshare", "util-linux"));
    }

    private static Path located(String program, String packageName) {
        Optional<Path> found = Programs.locate(program);
        return found.map(SystemFiles::program)
                .orElseThrow(
                        () ->
                                UserError.hostLacks(
                                        "the program `" + program + "` is not installed",
                                        Packages.ofThisHost().install(packageName)));
    }
}
