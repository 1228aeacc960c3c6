package keystone.agent.sandbox;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import keystone.agent.devshell.Devshells;
import keystone.agent.nixos.NixImages;
import keystone.agent.store.Places;
import keystone.agent.store.Store;
import keystone.agent.supervisor.BootOrder;
import keystone.agent.supervisor.Checkpoint;
import keystone.agent.supervisor.SupervisorParts;
import keystone.agent.workspace.Reach;

/// Puts the use cases together; nothing is made before a command asks for it.
public final class Assembly {
    private final Places places;
    private final Store store;
    private final Supplier<SupervisorParts> parts;
    private final Map<String, String> environment;
    private final Clock clock;
    private final String program;
    private final String version;

    /// One for a process.
    ///
    /// @param parts what supervisors and temporary guests work with, made on first use
    /// @param program our own launcher, which supervisors are started with
    /// @param version written into what we create
    public Assembly(
            Places places,
            Supplier<SupervisorParts> parts,
            Map<String, String> environment,
            Clock clock,
            String program,
            String version) {
        this.places = places;
        this.store = new Store(places);
        this.parts = parts;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
        this.program = program;
        this.version = version;
    }

    public Sandboxes sandboxes() {
        places.ensureRuntime();
        Projects projects = projects();
        var starting =
                new Starting(
                        new Starting.Host(store, places, environment, version, checkpoint()),
                        projects,
                        this::images,
                        new SupervisorLauncher(program, environment),
                        new Starting.Around(
                                gitReach(),
                                new Outfitting(this::images, home()),
                                aliases(),
                                new Furnishing(devshells())));
        return new Sandboxes(
                store,
                projects,
                starting,
                new Pruning(
                        store,
                        projects,
                        devshells(),
                        new NixImages(places.nixImages(), environment)),
                gitReach(),
                mounting());
    }

    public Aliases aliases() {
        return new Aliases(store, Path.of(program), home(), environment);
    }

    public Editing editing() {
        return new Editing(projects(), environment);
    }

    public Mounting mounting() {
        return new Mounting(store, projects());
    }

    private Devshells devshells() {
        return new Devshells(places.devshells(), environment);
    }

    /// What is captured of projects' devshells.
    public ProjectDevshells projectDevshells() {
        return new ProjectDevshells(projects(), devshells());
    }

    private GitReach gitReach() {
        return new GitReach(store, clock);
    }

    private Projects projects() {
        return new Projects(store, places, home());
    }

    private Path home() {
        return Path.of(environment.getOrDefault("HOME", "/root"));
    }

    /// What guests can change of this host, as of now.
    ///
    /// @param directory the current one
    public Reach reach(Path directory) {
        return projects().reach(directory);
    }

    public SandboxImages images() {
        SupervisorParts made = parts.get();
        var guests = new BuildGuests(made, places.ensureRuntime());
        return new SandboxImages(made.images(), made.nixImages(), store, guests, checkpoint());
    }

    public AgentsOnHost agents() {
        return new AgentsOnHost(parts.get().images(), tokens());
    }

    public Reviewing reviewing() {
        return new Reviewing(projects(), gitReach());
    }

    public Returning returning() {
        places.ensureRuntime();
        return new Returning(projects());
    }

    public Worktrees worktrees() {
        places.ensureRuntime();
        return new Worktrees(projects());
    }

    public Tasks tasks() {
        places.ensureRuntime();
        return new Tasks(store);
    }

    public Networks networks() {
        places.ensureRuntime();
        return new Networks(projects(), BootOrder.proxies(environment));
    }

    public Ports ports() {
        places.ensureRuntime();
        return new Ports(projects());
    }

    public Tokens tokens() {
        return new Tokens(store, projects(), places.secrets(), environment, clock);
    }

    public Sessions sessions() {
        places.ensureRuntime();
        return new Sessions(store, checkpoint());
    }

    private Checkpoint checkpoint() {
        return Checkpoint.from(environment);
    }
}
