package keystone.agent.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.GitMode;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Printable;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.nixos.NixImages;
import keystone.agent.store.Places;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.supervisor.BootOrder;
import keystone.agent.supervisor.Checkpoint;
import keystone.agent.supervisor.SecretOrder;
import keystone.agent.supervisor.SupervisorClient;
import org.jspecify.annotations.Nullable;

/// The use case `start`: from what was asked to a sandbox that is usable.
final class Starting {
    /// Longer than a supervisor's own limits for a boot.
    private static final Duration LIMIT = Duration.ofMinutes(7);

    /// The same with a clone to be made.
    private static final Duration CLONE_LIMIT = Duration.ofMinutes(14);

    private static final int MOST_NUMBERS = 99;

    private final Store store;
    private final Places places;
    private final Projects projects;
    private final Supplier<SandboxImages> images;
    private final SupervisorLauncher launcher;
    private final Checkpoint checkpoint;
    private final GitReach gitReach;
    private final Map<String, String> environment;
    private final Outfitting outfitting;
    private final Aliases aliases;
    private final Furnishing furnishing;
    private final String version;

    Starting(
            Host host,
            Projects projects,
            Supplier<SandboxImages> images,
            SupervisorLauncher launcher,
            Around around) {
        this.store = host.store();
        this.places = host.places();
        this.environment = Map.copyOf(host.environment());
        this.version = host.version();
        this.checkpoint = host.checkpoint();
        this.projects = projects;
        this.images = images;
        this.launcher = launcher;
        this.gitReach = around.gitReach();
        this.outfitting = around.outfitting();
        this.aliases = around.aliases();
        this.furnishing = around.furnishing();
    }

    /// Where sandboxes are made.
    ///
    /// @param environment of the person who starts them
    /// @param version written into what is made
    record Host(
            Store store,
            Places places,
            Map<String, String> environment,
            String version,
            Checkpoint checkpoint) {}

    /// What a start does beside the boot.
    record Around(
            GitReach gitReach, Outfitting outfitting, Aliases aliases, Furnishing furnishing) {}

    Started start(StartRequest request, StartListener listener) throws InterruptedException {
        Path project = projects.check(request.project());
        projects.checkMounts(request.settings().mounts());
        Optional<SandboxDir> existing = existing(request.name(), project);
        if (existing.isEmpty()) {
            SandboxDir made = create(request, project, listener);
            checkpoint.reached("command:created");
            noteToolchain(made.spec(), listener);
            return boot(made, made.spec(), BootOrder.Disk.KEEP, request.settings(), listener);
        }
        return startAgain(existing.get(), request, listener);
    }

    private Optional<SandboxDir> existing(@Nullable SandboxName name, Path project) {
        if (name == null) {
            List<SandboxDir> all = projects.of(project);
            if (all.size() > 1) {
                throw UserError.usage(
                        "this project has several sandboxes: " + Projects.names(all),
                        "say which with --name");
            }
            return all.stream().findFirst();
        }
        Optional<SandboxDir> found = store.find(name);
        if (found.isPresent() && !found.get().spec().project().equals(project)) {
            throw UserError.usage(
                    "the sandbox `%s` belongs to another project, %s"
                            .formatted(name, found.get().spec().project()),
                    "keystone-agent start --name " + free(name));
        }
        return found;
    }

    /// The name that [#create] would give to another sandbox of that name.
    private SandboxName free(SandboxName taken) {
        for (int number = 2; number < MOST_NUMBERS; number++) {
            if (store.find(taken.numbered(number)).isEmpty()) {
                return taken.numbered(number);
            }
        }
        return taken.numbered(MOST_NUMBERS);
    }

    private SandboxDir create(StartRequest request, Path project, StartListener listener)
            throws InterruptedException {
        Settings settings = request.settings();
        Resources resources = HostLimits.usual().changedBy(settings);
        HostLimits.check(resources, places.state());
        Digest image = images.get().ensure(settings.image(), project, listener);
        SandboxName first =
                request.name() == null ? SandboxName.forProject(project) : request.name();
        SandboxName name = first;
        for (int number = 2; number < MOST_NUMBERS; number++) {
            Optional<SandboxDir> made =
                    store.create(spec(name, project, image, resources, settings), version);
            if (made.isPresent()) {
                // Whoever removes unused images sees only from now on that this one is used.
                Digest _ = images.get().ensure(settings.image(), project, listener);
                if (!name.equals(first)) {
                    listener.notice(
                            "the name `%s` is taken by another project; this sandbox is `%s`"
                                    .formatted(first, name));
                }
                return made.get();
            }
            Optional<SandboxDir> taken = store.find(name);
            if (taken.isPresent() && taken.get().spec().project().equals(project)) {
                // Another start of this very project was faster.
                return taken.get();
            }
            name = first.numbered(number);
        }
        throw UserError.failed(
                "no free name like `" + first + "` is left", "choose one with --name");
    }

    private static SandboxSpec spec(
            SandboxName name, Path project, Digest image, Resources resources, Settings settings) {
        var usual =
                new SandboxSpec(
                        name,
                        project,
                        image,
                        BuildId.create(image),
                        resources,
                        ShareDriver.AUTO,
                        GitMode.AUTO,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(),
                        null);
        return usual.changedBy(settings);
    }

    private Started startAgain(SandboxDir dir, StartRequest request, StartListener listener)
            throws InterruptedException {
        Observation.Intact seen = Settling.settled(dir, listener);
        boolean fresh = request.disk() != StartRequest.Disk.KEEP;
        if (seen.state() instanceof SandboxState.Running && !fresh) {
            SandboxSpec asked = seen.spec().changedBy(request.settings());
            request.notice(dir.name(), !asked.equals(seen.spec())).ifPresent(listener::notice);
            return new Started(seen, true);
        }
        if (!fresh) {
            Settling.refuseStuck(dir);
        }
        SandboxSpec spec = seen.spec().changedBy(request.settings());
        noteDropped(seen.spec(), spec, listener);
        if (!fresh) {
            refuseOtherFiles(seen.spec(), spec);
        }
        HostLimits.check(spec.resources(), places.state());
        if (!fresh) {
            images.get().noteNewer(spec, request.settings().image(), listener);
            SandboxSpec kept = withoutShrinking(seen.spec(), spec, listener);
            return boot(dir, kept, BootOrder.Disk.KEEP, request.settings(), listener);
        }
        Digest _ = images.get().ensure(request.settings().image(), spec.project(), listener);
        boolean mayLose = request.disk() != StartRequest.Disk.FRESH;
        StopMode mode = mayLose ? StopMode.FORCE : Returning.secure(dir);
        Ending.stop(dir, mode, new Heard(listener));
        if (!mayLose) {
            Returning.requireNothingUnfetched(dir);
        }
        checkpoint.reached("command:stopped");
        // Once more: a stop may take minutes, in which nobody can see that it is about to be used.
        Digest image = images.get().ensure(request.settings().image(), spec.project(), listener);
        SandboxSpec renewed = spec.renewed(image);
        images.get().noteOtherBackend(seen.spec(), renewed, listener);
        noteToolchain(renewed, listener);
        return boot(dir, renewed, BootOrder.Disk.RENEW, request.settings(), listener);
    }

    /// What is only in a clone would be out of sight, and the other way round.
    private static void refuseOtherFiles(SandboxSpec before, SandboxSpec asked) {
        boolean wasCloned = before.share() == ShareDriver.CLONE;
        if (wasCloned != (asked.share() == ShareDriver.CLONE)) {
            throw UserError.wrongState(
                    "`%s` has its project %s, which only a new disk can change"
                            .formatted(before.name(), wasCloned ? "cloned" : "shared"),
                    "keystone-agent start --fresh --share %s --name %s"
                            .formatted(asked.share().word(), before.name()));
        }
    }

    private void noteToolchain(SandboxSpec spec, StartListener listener) {
        images.get().toolchainHint(spec).ifPresent(listener::notice);
    }

    private static void noteDropped(SandboxSpec before, SandboxSpec now, StartListener listener) {
        for (Share share : before.mounts()) {
            if (!now.mounts().contains(share)) {
                listener.notice(
                        "%s is not shared any more: nobody asked for it"
                                .formatted(Printable.of(share.host().toString())));
            }
        }
    }

    /// A smaller disk than it has cannot be had by keeping it.
    private static SandboxSpec withoutShrinking(
            SandboxSpec before, SandboxSpec asked, StartListener listener) {
        Resources has = before.resources();
        Resources wants = asked.resources();
        if (wants.disk().compareTo(has.disk()) >= 0) {
            return asked;
        }
        listener.notice(
                "the disk of `%s` stays at %s; a smaller one comes with: keystone-agent start --fresh --disk %s --name %s"
                        .formatted(asked.name(), has.disk(), wants.disk(), asked.name()));
        return asked.with(new Resources(wants.memory(), wants.cpus(), has.disk()));
    }

    private Started boot(
            SandboxDir dir,
            SandboxSpec spec,
            BootOrder.Disk disk,
            Settings settings,
            StartListener listener)
            throws InterruptedException {
        aliases.write(dir);
        gitReach.extendTo(dir);
        gitReach.extendTo(spec, dir);
        // Before a guest runs for the first time, so that everything it does is a change.
        gitReach.reviewer(dir, spec).begin();
        var heard = new Heard(listener);
        Optional<GitIdentity> identity = Identities.of(spec, settings.identity());
        if (identity.isEmpty()) {
            listener.notice(Identities.MISSING);
        }
        var order =
                new BootOrder(
                        spec,
                        disk,
                        settings.environment(),
                        BootOrder.proxies(environment),
                        identity.orElse(null),
                        SecretOrder.of(
                                KnownSecrets.with(settings.secrets()),
                                environment,
                                settings.delivered()),
                        settings.masks(),
                        furnishing.forStart(spec, settings.devshell(), listener).orElse(null));
        try (SupervisorClient supervisor = launcher.launch(dir, heard)) {
            checkpoint.reached("command:connected");
            boolean already = boot(dir, supervisor, order, limit(spec), listener);
            if (!already) {
                outfitting.bring(dir, spec, settings.agents(), listener);
            }
            return new Started(Observer.ofThisHost().observe(dir, dir.spec()), already);
        }
    }

    private Duration limit(SandboxSpec spec) {
        Duration limit = spec.share() == ShareDriver.CLONE ? CLONE_LIMIT : LIMIT;
        return images.get().isNix(spec) ? limit.plus(NixImages.LIMIT) : limit;
    }

    /// When it could not start, the supervisor has taken everything down and is about to end.
    private static boolean boot(
            SandboxDir dir,
            SupervisorClient supervisor,
            BootOrder order,
            Duration limit,
            StartListener listener)
            throws InterruptedException {
        try {
            return supervisor.boot(order, limit);
        } catch (InterruptedException left) {
            // Ctrl-C ends this command's waiting; the supervisor does as it was told.
            listener.notice(
                    "the start of `%s` goes on; to stop it: keystone-agent stop %s"
                            .formatted(dir.name(), dir.name()));
            throw left;
        } catch (UserError failed) {
            if (failed.kind() != UserError.Kind.TIMED_OUT || supervisor.awaitEnd(Settling.LIMIT)) {
                Ending.awaitSupervisorGone(dir);
            }
            throw failed;
        }
    }
}
