package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
import keystone.agent.model.EgressMode;
import keystone.agent.model.GitMode;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.process.ProcessTable;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.workspace.GitPlace;
import keystone.agent.workspace.Polling;
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

        void stalled();

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

    /// @throws UserError also when the machine, or one of those who serve its shares, ends
    /// meanwhile
    Live run(BootOrder order, Owned owned) throws InterruptedException {
        var setback = new Setback();
        BootOrder now = order.over(dir.spec());
        return setback.run(() -> bringUp(now, owned, setback));
    }

    private Live bringUp(BootOrder order, Owned owned, Setback setback)
            throws InterruptedException {
        Shares shares = Shares.of(order.spec());
        shares.requireNoLinks();
        Room.require(shares);
        Owner owner = ProjectOwner.of(order.spec().project(), parts.self());
        begin("prepare");
        BootSource source = BootSource.of(order.spec(), dir, parts);
        var disk = new Disk(dir, parts.images(), owner);
        SandboxSpec spec = settle(order, disk);
        GuestRepository.Disk gitDisk =
                disk.isThere() ? GuestRepository.Disk.KEPT : GuestRepository.Disk.NEW;
        Bootable image = source.forBoot(spec, gitDisk, order, () -> begin("image"));
        SshKeys keys = disk.prepare(spec);
        BootNonce nonce = BootNonce.draw();
        var log = owned.own(ConsoleLog.begin(dir.consoleLog()));
        var console =
                new Console(
                        spec.name(), nonce.value(), log, step -> begin("guest " + step), setback);

        begin("share");
        Optional<String> obstacle = parts.shareDrivers().obstacleToCovers(owner);
        GitAccess git = GitAccess.forStart(spec, owner, obstacle);
        git.warning().ifPresent(listener::notice);
        if (git instanceof GitAccess.Direct && spec.git() == GitMode.AUTO) {
            dir.noteSharedGit();
        }
        if (git.coversProjects()) {
            owned.own(new GitPlace(spec.project()));
        }
        var stand = Masks.Stand.prepare(dir.run(), owner, obstacle);
        var masks = owned.own(MaskWatch.begin(order, stand, shares, git));
        masks.notices().forEach(listener::notice);
        Optional<Devshell> devshell =
                DevshellShare.possible(
                        order.devshell(), parts.shareDrivers(), owner, listener::notice);
        Shares given =
                new DevshellShare(dir.run(), owner)
                        .of(devshell, masks.over(new GitShares(dir.run(), owner).of(git, shares)));
        ShareService service = owned.own(serve(spec, given, owner, setback));
        var shown = new Shown(given, service);
        Optional<Egress> egress = Egress.open(dir, order, parts, redactor);
        egress.ifPresent(owned::own);
        var bootConfig = owned.own(new BootConfig(dir.run()));
        Machine machine =
                parts.driver().define(machine(spec, image, bootConfig.file(), shown, owner));
        var facts = new BootFacts(spec, order, keys, nonce, devshell);
        bootConfig.write(config(facts, shown, git.directory(), machine.shownOwner()).tar(), owner);

        begin("machine");
        owned.own(machine);
        machine.boot(hearing(console, setback));
        bootConfig.close();

        begin("kernel");
        // While it boots.
        String footprint = git.footprint();
        egress.ifPresent(exit -> exit.secrets().prepare());
        Optional<GitNews> news =
                git instanceof GitAccess.Own own
                        ? Optional.of(GitNews.pinned(own, spec.name()))
                        : Optional.empty();
        console.awaitReady(limit(machine));
        begin("connect");
        Guest guest = owned.own(Guest.connect(address(keys, machine), CONNECT));
        egress.ifPresent(exit -> owned.own(exit.forwarding()).begin());
        begin("verify");
        nonce.requireOf(guest, spec, machine);
        source.requireOf(guest, spec);
        boolean isCloned = git instanceof GitAccess.Cloned;
        if (isCloned || news.isPresent()) {
            begin(isCloned ? "clone" : "git");
            dir.expectCommits();
            Path connection = dir.run().sshConfig();
            GitAccess.Told told =
                    isCloned
                            ? git.follow(spec.name(), connection)
                            : news.orElseThrow().tell(connection, gitDisk);
            told.sentences().forEach(listener::notice);
        }
        if (egress.isPresent()) {
            begin("network");
            egress.get().secrets().give(guest).forEach(listener::notice);
            egress.get().await().ifPresent(listener::notice);
        }
        if (devshell.isPresent()) {
            begin("devshell");
            GuestDevshell.enter(guest, devshell.get()).ifPresent(listener::notice);
        }
        // Only now: nobody waits for these, and they take processor time from what somebody waits
        // for.
        var notifying = owned.own(new Notifying(isCloned ? ShareDriver.CLONE : service.driver()));
        notifying.begin(spec.name(), spec.project(), dir.run().sshConfig());
        Supplier<Set<Integer>> kept =
                () -> egress.map(each -> each.gate().portsOfThisHost()).orElse(Set.of());
        var ports = owned.own(new Ports(spec.name(), dir.run(), spec.ports(), kept, listener::log));
        ports.begin();
        var inside = new GuestRepository(spec.name(), dir.run().sshConfig());
        owned.own(masks.watch(git instanceof GitAccess.Own ? inside : null, listener::news));
        // Of these the guest's ssh knows nothing, so that a start would end well.
        service.requireServing();
        steps.end();
        dir.run().announce(spec);
        return new Live(
                machine,
                guest,
                service,
                git,
                egress.orElse(null),
                notifying,
                ports,
                masks,
                footprint,
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

    private ShareService serve(SandboxSpec spec, Shares shares, Owner owner, Setback setback)
            throws InterruptedException {
        Path directory = PrivateFiles.createDirectories(dir.run().shares());
        var place = new ServicePlace(directory, owner, marks());
        return parts.shareDrivers().open(shares, spec.share(), place, hearingShares(setback));
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
            BootFacts facts, Shown shown, GuestConfig.GitDirectory git, Owner owner) {
        return new GuestConfig(
                facts.spec().name(),
                facts.spec().buildId(),
                facts.nonce().value(),
                owner.uid(),
                owner.gid(),
                facts.keys(),
                shown.fileSystem(),
                shown.mounts(),
                git,
                facts.spec().egress().mode(),
                environment(facts, shown.service()),
                facts.order().identity(),
                facts.devshell().orElse(null));
    }

    /// What a person asked for comes last, so that it holds.
    private static Map<String, String> environment(BootFacts facts, ShareService service) {
        var all = new TreeMap<>(Polling.variables(service.driver()));
        if (facts.spec().egress().mode() != EgressMode.NONE) {
            all.putAll(Egress.variables(facts.spec().name()));
            all.putAll(BaseUrls.of(facts.order().secrets().environment()).variables());
        }
        all.putAll(facts.order().environment());
        return all;
    }

    /// What one boot's guest is told beside its mounts and ids.
    private record BootFacts(
            SandboxSpec spec,
            BootOrder order,
            SshKeys keys,
            BootNonce nonce,
            Optional<Devshell> devshell) {}

    private GuestAddress address(SshKeys keys, Machine machine) {
        return new GuestAddress(
                dir.name(),
                machine.sshPort(),
                keys,
                dir.run().sshConfig(),
                dir.run().sshMasterSocket(),
                isAccelerated(machine) ? SshCipher.OF_HARDWARE : SshCipher.OF_PLAIN_ARITHMETIC);
    }

    private Machine.Listener hearing(Console console, Setback setback) {
        return new Machine.Listener() {
            @Override
            public void began(long session) {
                Leftovers.rememberSession(dir.run(), session);
            }

            @Override
            public void console(String line) {
                console.line(line);
            }

            @Override
            public void resumed() {
                listener.resumed();
            }

            @Override
            public void stalled() {
                // First whoever knows what it means; a start ends for the first reason it is given.
                listener.stalled();
                setback.because(
                        UserError.failed(
                                "this host's disk is full: the guest cannot write to its own",
                                "make room: keystone-agent prune, keystone-agent image rm --unused,"
                                        + " or set XDG_STATE_HOME to another disk"));
            }

            @Override
            public void ended() {
                setback.because(gone("powered off"));
                listener.ended();
            }

            @Override
            public void died(String how) {
                setback.because(gone(how));
                listener.died(how);
            }
        };
    }

    private UserError gone(String how) {
        return UserError.failed(
                "the virtual machine " + how + " before the guest was ready",
                Console.seeTheConsole(dir.name()));
    }

    private ShareService.Listener hearingShares(Setback setback) {
        return new ShareService.Listener() {
            @Override
            public void began(long session) {
                Leftovers.rememberSession(dir.run(), session);
            }

            @Override
            public void ended(int status, String how) {
                // It ends in good order when its machine has gone, of which the machine tells.
                if (status != 0) {
                    setback.because(
                            UserError.failed(how, "keystone-agent start --name " + dir.name()));
                }
                listener.shareEnded(how);
            }
        };
    }

    private static Duration limit(Machine machine) {
        return isAccelerated(machine) ? BOOT_ACCELERATED : BOOT_EMULATED;
    }

    private static boolean isAccelerated(Machine machine) {
        return machine.acceleration().kind() == Acceleration.Kind.KVM;
    }
}
