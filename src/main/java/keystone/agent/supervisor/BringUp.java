package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import keystone.agent.egress.Redactor;
import keystone.agent.guest.Guest;
import keystone.agent.guest.GuestAddress;
import keystone.agent.guest.GuestConfig;
import keystone.agent.guest.GuestDevshell;
import keystone.agent.guest.GuestRepository;
import keystone.agent.guest.SshCipher;
import keystone.agent.guest.SshKeys;
import keystone.agent.machine.Acceleration;
import keystone.agent.machine.Machine;
import keystone.agent.machine.MachineSpec;
import keystone.agent.model.Bootable;
import keystone.agent.model.Devshell;
import keystone.agent.model.GitMode;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.process.Owned;
import keystone.agent.process.ProcessTable;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.workspace.GitPlace;
import keystone.agent.workspace.ProjectOwner;
import keystone.agent.workspace.ServicePlace;
import keystone.agent.workspace.ShareService;
import keystone.agent.workspace.Shares;

/// The start order. Everything that has an end goes on the caller's stack as soon as it exists, so
/// a failure at any step takes down exactly what is up.
final class BringUp {
    private static final Duration BOOT_EMULATED = Duration.ofMinutes(4);
    private static final Duration BOOT_ACCELERATED = Duration.ofMinutes(1);
    private static final Duration CONNECT = Duration.ofSeconds(60);

    /// What the supervisor hears while the sandbox comes up and lives.
    interface Listener {
        void resumed();

        void held();

        void ended();

        void died(String how);

        /// See [ShareService.Listener#ended].
        void shareEnded(String how);

        /// Something for the log.
        void log(String sentence);

        /// Something that a person should know.
        void notice(String sentence);

        /// The same, long after the start.
        default void news(String sentence) {
            log(sentence);
            notice(sentence);
        }
    }

    private final SandboxDir dir;
    private final SupervisorParts parts;
    private final Steps steps;
    private final Listener listener;
    private final Redactor redactor;

    /// @param redactor is told of every secret that is read
    BringUp(
            SandboxDir dir,
            SupervisorParts parts,
            Steps steps,
            Listener listener,
            Redactor redactor) {
        this.dir = dir;
        this.parts = parts;
        this.steps = steps;
        this.listener = listener;
        this.redactor = redactor;
    }

    /// @throws keystone.agent.model.UserError also when the machine, or one of those who serve its
    /// shares, ends meanwhile
    Live run(BootOrder order, Owned owned) throws InterruptedException {
        var setback = new Setback();
        BootOrder now = order.over(dir.spec());
        return setback.run(() -> bringUp(new Start(now, owned, setback)));
    }

    /// One start.
    ///
    /// @param owned is given everything that has an end
    /// @param setback ends the start early
    private record Start(BootOrder order, Owned owned, Setback setback) {}

    private Live bringUp(Start start) throws InterruptedException {
        Prepared prepared = prepare(start);
        Shared shared = share(start, prepared);
        Machine machine = boot(start, prepared, shared);
        Entered entered = enter(start, prepared, shared, machine);
        furnish(prepared, shared, entered);
        return complete(start, prepared, shared, entered);
    }

    /// What a boot takes before anything is shared.
    ///
    /// @param shares as they were asked for
    /// @param spec what the sandbox is from now on
    /// @param disk as it was found
    private record Prepared(
            Shares shares,
            Owner owner,
            SandboxSpec spec,
            BootSource source,
            GuestRepository.Disk disk,
            Bootable image,
            SshKeys keys,
            BootNonce nonce,
            Console console) {}

    private Prepared prepare(Start start) throws InterruptedException {
        BootOrder order = start.order();
        Shares shares = Shares.of(order.spec());
        shares.requireNoLinks();
        ProjectDiskGuard.require(shares);
        Owner owner = ProjectOwner.of(order.spec().project(), parts.self());
        begin("prepare");
        BootSource source = BootSource.of(order.spec(), dir, parts);
        var disk = new Disk(dir, parts.images(), owner);
        SandboxSpec spec = settle(order, disk);
        GuestRepository.Disk found =
                disk.isThere() ? GuestRepository.Disk.KEPT : GuestRepository.Disk.NEW;
        Bootable image = source.forBoot(spec, found, order, () -> begin("image"));
        SshKeys keys = disk.prepare(spec);
        BootNonce nonce = BootNonce.draw();
        var log = start.owned().own(ConsoleLog.begin(dir.consoleLog()));
        var console =
                new Console(
                        spec.name(),
                        nonce.value(),
                        log,
                        step -> begin("guest " + step),
                        start.setback());
        return new Prepared(shares, owner, spec, source, found, image, keys, nonce, console);
    }

    /// What the guest is going to have of this host; all of it is served already.
    ///
    /// @param egress empty where nothing may leave
    private record Shared(
            GitAccess git,
            MaskWatch masks,
            Optional<Devshell> devshell,
            Shown shown,
            Optional<Egress> egress) {}

    private Shared share(Start start, Prepared prepared) throws InterruptedException {
        begin("share");
        Owned owned = start.owned();
        SandboxSpec spec = prepared.spec();
        Owner owner = prepared.owner();
        Optional<String> obstacle = parts.shareDrivers().obstacleToCovers(owner);
        GitAccess git = git(spec, owner, obstacle);
        if (git.coversProjects()) {
            owned.own(new GitPlace(spec.project()));
        }
        var stand = Masks.Stand.prepare(dir.run(), owner, obstacle);
        var masks = owned.own(MaskWatch.begin(start.order(), stand, prepared.shares(), git));
        masks.notices().forEach(listener::notice);
        Optional<Devshell> devshell =
                DevshellShare.possible(
                        start.order().devshell(), parts.shareDrivers(), owner, listener::notice);
        Shares withGit = new GitShares(dir.run(), owner).of(git, prepared.shares());
        Shares given = new DevshellShare(dir.run(), owner).of(devshell, masks.over(withGit));
        ShareService service = owned.own(serve(start, spec, given, owner));
        Optional<Egress> egress = Egress.open(dir, start.order(), parts, redactor);
        egress.ifPresent(owned::own);
        return new Shared(git, masks, devshell, new Shown(given, service), egress);
    }

    private GitAccess git(SandboxSpec spec, Owner owner, Optional<String> obstacle)
            throws InterruptedException {
        GitAccess git = GitAccess.forStart(spec, owner, obstacle);
        git.warning().ifPresent(listener::notice);
        if (git instanceof GitAccess.Direct && spec.git() == GitMode.AUTO) {
            dir.noteSharedGit();
        }
        return git;
    }

    /// Returns once the guest runs, on what was compared with what was asked for.
    private Machine boot(Start start, Prepared prepared, Shared shared)
            throws InterruptedException {
        var config = start.owned().own(new BootConfig(dir.run()));
        Machine machine =
                parts.driver()
                        .define(
                                machine(
                                        prepared.spec(),
                                        prepared.image(),
                                        config.file(),
                                        shared.shown(),
                                        prepared.owner()));
        GuestConfig facts = config(start.order(), prepared, shared, machine.shownOwner());
        config.write(facts.tar(), prepared.owner());
        begin("machine");
        start.owned().own(machine);
        machine.boot(hearing(start).ofMachine(prepared.console()));
        config.close();
        return machine;
    }

    /// A guest that is proven to be ours.
    ///
    /// @param footprint as in [GitAccess#footprint]
    /// @param news for a guest with a git directory of its own
    private record Entered(
            Machine machine, Guest guest, String footprint, Optional<GitNews> news) {}

    private Entered enter(Start start, Prepared prepared, Shared shared, Machine machine)
            throws InterruptedException {
        begin("kernel");
        // While it boots.
        String footprint = shared.git().footprint();
        shared.egress().ifPresent(exit -> exit.secrets().prepare());
        Optional<GitNews> news =
                shared.git() instanceof GitAccess.Own own
                        ? Optional.of(GitNews.pinned(own, prepared.spec().name()))
                        : Optional.empty();
        prepared.console().awaitReady(limit(machine));
        begin("connect");
        Guest guest = start.owned().own(Guest.connect(address(prepared.keys(), machine), CONNECT));
        shared.egress().ifPresent(exit -> start.owned().own(exit.forwarding()).begin());
        begin("verify");
        prepared.nonce().requireOf(guest, prepared.spec(), machine);
        prepared.source().requireOf(guest, prepared.spec());
        return new Entered(machine, guest, footprint, news);
    }

    /// Gives the guest what it must have before anybody uses it: the host's branches, its secrets
    /// and a way out, its devshell.
    private void furnish(Prepared prepared, Shared shared, Entered entered)
            throws InterruptedException {
        boolean isCloned = shared.git() instanceof GitAccess.Cloned;
        if (isCloned || entered.news().isPresent()) {
            begin(isCloned ? "clone" : "git");
            dir.expectCommits();
            Path connection = dir.run().sshConfig();
            GitAccess.Told told =
                    isCloned
                            ? shared.git().follow(prepared.spec().name(), connection)
                            : entered.news().orElseThrow().tell(connection, prepared.disk());
            told.sentences().forEach(listener::notice);
        }
        if (shared.egress().isPresent()) {
            Egress exit = shared.egress().get();
            begin("network");
            exit.secrets().give(entered.guest()).forEach(listener::notice);
            exit.await().ifPresent(listener::notice);
        }
        if (shared.devshell().isPresent()) {
            begin("devshell");
            GuestDevshell.enter(entered.guest(), shared.devshell().get())
                    .ifPresent(listener::notice);
        }
    }

    /// Begins what nobody waits for: before, it would take processor time from what somebody waits
    /// for.
    private Live complete(Start start, Prepared prepared, Shared shared, Entered entered) {
        Owned owned = start.owned();
        SandboxSpec spec = prepared.spec();
        ShareService service = shared.shown().service();
        boolean isCloned = shared.git() instanceof GitAccess.Cloned;
        var notifying = owned.own(new Notifying(isCloned ? ShareDriver.CLONE : service.driver()));
        notifying.begin(spec.name(), spec.project(), dir.run().sshConfig());
        Supplier<Set<Integer>> kept =
                () -> shared.egress().map(exit -> exit.gate().portsOfThisHost()).orElse(Set.of());
        var ports = owned.own(new Ports(spec.name(), dir.run(), spec.ports(), kept, listener::log));
        ports.begin();
        var inside = new GuestRepository(spec.name(), dir.run().sshConfig());
        boolean hasOwnGit = shared.git() instanceof GitAccess.Own;
        owned.own(shared.masks().watch(hasOwnGit ? inside : null, listener::news));
        // Of these the guest's ssh knows nothing, so that a start would end well.
        service.requireServing();
        steps.end();
        dir.run().announce(spec);
        return new Live(
                entered.machine(),
                entered.guest(),
                service,
                shared.git(),
                shared.egress().orElse(null),
                notifying,
                ports,
                shared.masks(),
                entered.footprint(),
                parts.clock().instant());
    }

    private void begin(String step) {
        steps.begin(step);
        parts.checkpoint().reached("start:" + step);
    }

    /// Discards the disk when that was asked for, and writes down what the sandbox is from now on.
    /// A disk that is yet to be made gets a build id of its own, whatever happened to the last one.
    private SandboxSpec settle(BootOrder order, Disk disk) {
        if (order.disk() == BootOrder.Disk.RENEW) {
            disk.discard();
            dir.haveCommits();
            parts.checkpoint().reached("start:discarding");
        }
        SandboxSpec asked = order.spec();
        SandboxSpec spec = disk.isThere() ? asked : asked.renewed(asked.image());
        dir.replaceSpec(spec);
        parts.checkpoint().reached("start:discarded");
        return spec;
    }

    private ShareService serve(Start start, SandboxSpec spec, Shares shares, Owner owner)
            throws InterruptedException {
        Path directory = PrivateFiles.createDirectories(dir.run().shares());
        var place = new ServicePlace(dir.name(), directory, owner, marks());
        return parts.shareDrivers().open(shares, spec.share(), place, hearing(start).ofShares());
    }

    private Map<String, String> marks() {
        return Map.of(ProcessTable.CHILD_MARK, dir.run().path().toString());
    }

    private MachineSpec machine(
            SandboxSpec spec, Bootable image, Path bootConfig, Shown shown, Owner owner) {
        Path directory = PrivateFiles.createDirectories(dir.run().machine());
        Disk.giveTo(owner, directory);
        return new MachineSpec(
                dir.run().path().getFileName().toString(),
                image,
                dir.disk(),
                bootConfig,
                directory,
                spec.resources(),
                shown.shares().byTag(),
                shown.sharing(),
                owner,
                marks());
    }

    private static GuestConfig config(
            BootOrder order, Prepared prepared, Shared shared, Owner shownOwner) {
        return new GuestConfig(
                prepared.spec().name(),
                prepared.spec().buildId(),
                prepared.nonce().value(),
                shownOwner,
                prepared.keys(),
                new GuestConfig.Files(
                        shared.shown().fileSystem(),
                        shared.shown().mounts(),
                        shared.git().directory()),
                prepared.spec().egress().mode(),
                new GuestConfig.Sessions(
                        SessionEnvironment.of(order, prepared.spec(), shared.shown().service()),
                        order.identity(),
                        shared.devshell().orElse(null)));
    }

    private GuestAddress address(SshKeys keys, Machine machine) {
        return new GuestAddress(
                dir.name(),
                machine.sshPort(),
                keys,
                dir.run().sshConfig(),
                dir.run().sshMasterSocket(),
                isAccelerated(machine) ? SshCipher.OF_HARDWARE : SshCipher.OF_PLAIN_ARITHMETIC);
    }

    private BootHearing hearing(Start start) {
        return new BootHearing(dir, listener, start.setback());
    }

    private static Duration limit(Machine machine) {
        return isAccelerated(machine) ? BOOT_ACCELERATED : BOOT_EMULATED;
    }

    private static boolean isAccelerated(Machine machine) {
        return machine.acceleration().kind() == Acceleration.Kind.KVM;
    }
}
