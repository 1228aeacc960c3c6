package keystone.agent.supervisor;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import keystone.agent.guest.SessionToken;
import keystone.agent.json.Json;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SandboxState;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.SupervisorLock;
import org.jspecify.annotations.Nullable;

/// Owns one sandbox from its start to its end: takes the lock, serves the control socket, brings
/// the guest up when asked, takes it down when asked or when it must, and ends.
///
/// One thread decides, in [#run]; every other thread only puts orders into its queue.
public final class Supervisor {
    /// Exit status when another supervisor already holds the lock.
    public static final int ALREADY_SUPERVISED = 75;

    private static final Duration LOCK_LIMIT = Duration.ofSeconds(2);
    private static final Duration FIRST_ORDER = Duration.ofSeconds(30);

    /// Longer than the limits of [#LAST_OF_TASKS_IN_HASTE], [LastFetch] and [Takedown] together.
    public static final Duration TERMINATION = Duration.ofMinutes(2);

    private static final Duration LAST_OF_TASKS = Duration.ofSeconds(45);
    /// Once this process was told to end: a host that shuts down waits for nobody.
    private static final Duration LAST_OF_TASKS_IN_HASTE = Duration.ofSeconds(10);

    /// Within this, two ends have one cause.
    private static final Duration SAME_MOMENT = Duration.ofSeconds(2);

    private final SandboxDir dir;
    private final SupervisorParts parts;
    private final SupervisorLog log;
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final Sessions sessions = new Sessions(this::endSession);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread deciding = Thread.currentThread();
    private final Controls controls;

    private volatile SandboxState state = new SandboxState.Starting("supervisor");
    private volatile @Nullable Live live;
    private volatile @Nullable GitIdentity identity;
    private volatile @Nullable Tasks tasks;
    private volatile Runnable resumed = () -> {};
    private volatile Duration lastOfTasks = LAST_OF_TASKS;
    private boolean bringingUp;

    /// Made by the thread that will [#run] it.
    public Supervisor(SandboxDir dir, SupervisorParts parts, PrintStream log) {
        this.dir = dir;
        this.controls = Controls.of(dir, () -> live);
        this.parts = parts;
        this.log = new SupervisorLog(log, parts.clock(), controls.secrets().redactor());
    }

    /// Lives until the sandbox is down again.
    ///
    /// @return the exit status of the process
    public int run() throws InterruptedException {
        try {
            Optional<SupervisorLock> lock = dir.awaitLock(LOCK_LIMIT);
            return lock.isEmpty() ? ALREADY_SUPERVISED : supervise(lock.get());
        } finally {
            over.countDown();
        }
    }

    private int supervise(SupervisorLock lock) throws InterruptedException {
        try (lock) {
            parts.checkpoint().reached("supervisor:locked");
            Leftovers.clear(dir.run());
            dir.run().create();
            PrivateFiles.replace(dir.run().bootId(), ProcessIdentity.currentBootId() + "\n");
            parts.checkpoint().reached("supervisor:run-directory");
            return serve();
        }
    }

    /// Asks for a graceful stop and waits for its end; for the moment this process is told to end.
    public void terminate() throws InterruptedException {
        lastOfTasks = LAST_OF_TASKS_IN_HASTE;
        order(new Order.Stop(StopMode.GRACEFUL, "it was told to end", new CompletableFuture<>()));
        if (!over.await(TERMINATION.toMillis(), TimeUnit.MILLISECONDS)) {
            log.line("the sandbox did not stop within " + TERMINATION.toSeconds() + " s");
        }
    }

    private int serve() throws InterruptedException {
        var control =
                new Control(
                        orders, this::answer, sessions, this::cutShort, this::identify, controls);
        var handler = new TaskControl(control, () -> Live.tasks(tasks, dir.name()));
        try (ControlServer server = ControlServer.open(dir.run().controlSocket(), handler)) {
            parts.checkpoint().reached("supervisor:listening");
            return switch (orders.poll(FIRST_ORDER.toMillis(), TimeUnit.MILLISECONDS)) {
                case Order.Boot boot -> live(boot, telling(server));
                case Order.Stop stop -> leaveAfter(stop);
                case null, default -> leave("nobody asked for anything");
            };
        }
    }

    private Telling telling(ControlServer server) {
        return new Telling(server, step -> state = new SandboxState.Starting(step));
    }

    private int live(Order.Boot boot, Telling telling) throws InterruptedException {
        var owned = new Owned();
        Live up;
        try {
            up = bringUp(boot, telling, owned);
        } catch (InterruptedException cutShort) {
            return abandon(boot, owned);
        } catch (RuntimeException failure) {
            return fail(boot, owned, failure);
        }
        try (owned) {
            boot.done().complete(true);
            return takeDown(owned, up, keep(up, boot), telling);
        }
    }

    private Live bringUp(Order.Boot boot, Telling telling, Owned owned)
            throws InterruptedException {
        log.line("starting " + boot.what());
        var up =
                new BringUp(
                        dir,
                        parts,
                        Steps.timed(telling),
                        new Hearing(telling, orders, log, () -> resumed.run()),
                        controls.secrets().redactor());
        setBringingUp(true);
        try {
            Live result = up.run(boot.what(), owned);
            identity = boot.what().identity();
            live = result;
            tasks = new Tasks(dir, result, parts.surroundings(controls.secrets().redactor()));
            state = new SandboxState.Running(result.since());
            log.line("usable on port " + result.machine().sshPort());
            result.weakness().ifPresent(telling::notice);
            return result;
        } finally {
            setBringingUp(false);
        }
    }

    private synchronized void setBringingUp(boolean now) {
        bringingUp = now;
        // An interrupt that came too late to cut anything short must not hit a later wait.
        boolean _ = !now && Thread.interrupted();
    }

    /// A stop was asked for: a start-up in progress is not worth waiting for.
    private synchronized void cutShort() {
        if (bringingUp) {
            deciding.interrupt();
        }
    }

    /// Until something ends it.
    private Order keep(Live up, Order.Boot boot) throws InterruptedException {
        SandboxSpec spec = boot.what().spec();
        var watch = new Watch(up.guest(), sessions, tasks, log, parts.clock(), spec.idleStop());
        var ownDisk = new OwnDiskGuard(dir, up.machine(), log);
        var projectDisk = new ProjectDiskGuard(spec, up.machine(), log);
        resumed = watch::setGuestClock;
        try (Owned.Ending _ =
                GitWatch.start(up, spec, dir, log, how -> order(new Order.MachineDied(how)))) {
            while (true) {
                Order order = orders.poll(projectDisk.pause().toMillis(), TimeUnit.MILLISECONDS);
                if (order instanceof Order.MachineHeld) {
                    ownDisk.hold();
                } else if (order != null && !goesWithTheMachine(order, up)) {
                    return ownDisk.holds() || projectDisk.holds() ? withoutTheGuest(order) : order;
                }
                state = projectDisk.look(new SandboxState.Running(up.since()));
                if (!projectDisk.holds()) {
                    state = ownDisk.look(state);
                }
                if (watch.isIdle()) {
                    return new Order.Stop(
                            StopMode.GRACEFUL, "nobody uses it", new CompletableFuture<>());
                }
            }
        }
    }

    /// Whoever serves a share ends with its machine, and may be heard of first.
    private static boolean goesWithTheMachine(Order order, Live up) throws InterruptedException {
        return order instanceof Order.ShareEnded && up.machine().awaitEnd(SAME_MOMENT);
    }

    /// A guest that waits cannot power off.
    private static Order withoutTheGuest(Order order) {
        return order instanceof Order.Stop stop
                ? new Order.Stop(StopMode.FORCE, stop.why(), stop.done())
                : order;
    }

    private int takeDown(Owned owned, Live up, Order why, Telling telling)
            throws InterruptedException {
        state = new SandboxState.Stopping();
        parts.checkpoint().reached("stop:begin");
        endTasks(why);
        return switch (why) {
            case Order.Stop stop -> {
                log.line("stopping: " + stop.why());
                if (stop.mode() == StopMode.GRACEFUL) {
                    new LastFetch(dir, log, parts.checkpoint()).from(up, telling);
                }
                new Takedown(up.machine(), up.guest(), log).ask(stop.mode());
                parts.checkpoint().reached("stop:asked");
                yield finish(owned, up, stop, telling);
            }
            case Order.MachineEnded _ -> finish(owned, up, stop("the guest powered off"), telling);
            case Order.MachineDied(String how) -> crash(owned, up, "its virtual machine " + how);
            case Order.ShareEnded(String how) -> crash(owned, up, how);
            case Order.Boot _, Order.MachineHeld _ ->
                    throw new IllegalStateException("not a reason to end: " + why);
        };
    }

    /// Only a guest that goes on for a while has to be asked for something.
    private void endTasks(Order why) throws InterruptedException {
        Tasks all = tasks;
        if (all == null) {
            return;
        }
        boolean isGraceful = why instanceof Order.Stop stop && stop.mode() == StopMode.GRACEFUL;
        all.close(
                why instanceof Order.Stop
                        ? "its sandbox was stopped"
                        : "the machine of its sandbox ended",
                isGraceful ? lastOfTasks : Duration.ofSeconds(1));
    }

    private static Order.Stop stop(String why) {
        return new Order.Stop(StopMode.FORCE, why, new CompletableFuture<>());
    }

    private int finish(Owned owned, Live up, Order.Stop stop, Telling telling)
            throws InterruptedException {
        close(owned);
        try {
            Takedown.verify(dir.run(), up.machine().sshPort())
                    .ifPresent(
                            foreign -> {
                                log.line(foreign);
                                telling.notice(foreign);
                            });
        } catch (UserError survivor) {
            return remain(stop, survivor);
        }
        parts.checkpoint().reached("stop:verified");
        return leaveAfter(stop);
    }

    /// What could not be closed is no verdict yet: the verification that follows gives it, and
    /// names what is left.
    private void close(Owned owned) {
        try {
            owned.close();
        } catch (RuntimeException failure) {
            log.failure("not everything could be closed", failure);
        }
    }

    /// Something outlives the stop: the run directory stays, so that it is seen and says what.
    private int remain(Order.Stop stop, UserError survivor) {
        log.failure("could not stop", survivor);
        writeDown(survivor.problem(), survivor.fix());
        stop.done().completeExceptionally(survivor);
        answerStops();
        return 1;
    }

    /// The machine is gone, or of no use any more, though nobody asked: the run directory stays and
    /// says why.
    private int crash(Owned owned, Live up, String why) throws InterruptedException {
        log.line(why);
        close(owned);
        writeDown(why, "keystone-agent start --name " + dir.name());
        try {
            Takedown.verify(dir.run(), up.machine().sshPort()).ifPresent(log::line);
        } catch (UserError survivor) {
            log.failure("could not clear up", survivor);
            writeDown(survivor.problem(), survivor.fix());
        }
        answerStops();
        return 1;
    }

    private void writeDown(String problem, String fix) {
        Json.Obj json = Json.object().with("problem", problem).with("fix", fix);
        PrivateFiles.replace(dir.run().problem(), json.pretty() + "\n");
    }

    private int abandon(Order.Boot boot, Owned owned) throws InterruptedException {
        state = new SandboxState.Stopping();
        owned.close();
        Leftovers.endProcesses(dir.run());
        boot.done()
                .completeExceptionally(
                        UserError.wrongState(
                                "sandbox `%s` was stopped while it was starting"
                                        .formatted(dir.name()),
                                "keystone-agent start --name " + dir.name()));
        return leave("stopped while starting");
    }

    private int fail(Order.Boot boot, Owned owned, RuntimeException failure)
            throws InterruptedException {
        log.failure("could not start", failure);
        state = new SandboxState.Stopping();
        try {
            owned.close();
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
        Leftovers.endProcesses(dir.run());
        int status = leave("it could not start");
        boot.done().completeExceptionally(failure);
        return status == 0 ? 1 : status;
    }

    private int leaveAfter(Order.Stop stop) {
        int status = leave(stop.why());
        stop.done().complete(true);
        return status;
    }

    private int leave(String why) {
        log.line("ending: " + why);
        PrivateFiles.deleteTree(dir.run().path());
        answerStops();
        return 0;
    }

    private void answerStops() {
        for (Order order = orders.poll(); order != null; order = orders.poll()) {
            if (order instanceof Order.Stop stop) {
                stop.done().complete(true);
            }
        }
    }

    private Answer answer() {
        Live up = live;
        return new Answer(state, up == null ? null : up.facts(sessions.count(), identity));
    }

    private void identify(GitIdentity who) throws InterruptedException {
        Live up = live;
        if (up == null) {
            throw UserError.wrongState(
                    "`" + dir.name() + "` is not up yet",
                    "keystone-agent start --name " + dir.name());
        }
        up.guest().identify(who);
        identity = who;
    }

    private void endSession(SessionToken token) {
        Live up = live;
        if (up == null) {
            return;
        }
        try {
            up.guest().endSession(token);
        } catch (RuntimeException e) {
            log.line("a session could not be ended: " + e.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void order(Order order) {
        orders.add(order);
        if (order instanceof Order.Stop) {
            cutShort();
        }
    }
}
