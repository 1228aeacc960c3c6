package keystone.agent.supervisor;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import keystone.agent.guest.Guest;
import org.jspecify.annotations.Nullable;

/// Looks after a running sandbox once a second: notices that the host slept, and that nobody uses
/// the guest. Called from the deciding thread; what may take long runs on a thread of its own.
final class Watch {
    /// Wall time that passed without monotonic time: the host was suspended, or its clock was set.
    private static final Duration CLOCK_JUMP = Duration.ofSeconds(2);

    private static final Duration USAGE_EVERY = Duration.ofSeconds(60);

    /// What it asks of the guest.
    interface Inside {
        boolean isIdle() throws InterruptedException;

        Duration setClock() throws InterruptedException;

        static Inside of(Guest guest) {
            return new Inside() {
                @Override
                public boolean isIdle() throws InterruptedException {
                    return guest.usage().isIdle();
                }

                @Override
                public Duration setClock() throws InterruptedException {
                    return guest.setClock();
                }
            };
        }
    }

    private final Inside guest;
    private final BooleanSupplier isUsed;
    private final SupervisorLog log;
    private final Clock clock;
    private final @Nullable Duration idleStop;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicInteger clockRequests = new AtomicInteger();

    private Instant wall;
    private long monotonic = System.nanoTime();
    private long lastLook = System.nanoTime();
    private volatile long lastUse = System.nanoTime();
    private volatile boolean idle;

    /// A task that waits for an answer has nothing at work that the guest could tell of.
    Watch(
            Guest guest,
            Sessions sessions,
            @Nullable Tasks tasks,
            SupervisorLog log,
            Clock clock,
            @Nullable Duration idleStop) {
        this(
                Inside.of(guest),
                () -> sessions.count() > 0 || (tasks != null && !tasks.states().isEmpty()),
                log,
                clock,
                idleStop);
    }

    /// @param isUsed whether somebody uses it as far as this host knows; what the guest knows is
    ///     asked there
    Watch(
            Inside guest,
            BooleanSupplier isUsed,
            SupervisorLog log,
            Clock clock,
            @Nullable Duration idleStop) {
        this.guest = guest;
        this.isUsed = isUsed;
        this.log = log;
        this.clock = clock;
        this.idleStop = idleStop;
        this.wall = clock.instant();
    }

    /// One look.
    ///
    /// @return whether nobody has used the sandbox for as long as it was told to wait
    boolean isIdle() {
        followTheClock();
        if (idleStop == null) {
            return false;
        }
        long now = System.nanoTime();
        if (isUsed.getAsBoolean()) {
            used();
        } else if (now - lastLook > every(idleStop).toNanos()) {
            lastLook = now;
            lookForUse(idleStop);
        }
        return idle;
    }

    private void used() {
        lastUse = System.nanoTime();
        idle = false;
    }

    private static Duration every(Duration idleStop) {
        Duration quarter = idleStop.dividedBy(4);
        return quarter.compareTo(USAGE_EVERY) < 0 ? quarter : USAGE_EVERY;
    }

    private void followTheClock() {
        Instant wallNow = clock.instant();
        long monotonicNow = System.nanoTime();
        Duration jump = Duration.between(wall, wallNow).minusNanos(monotonicNow - monotonic).abs();
        wall = wallNow;
        monotonic = monotonicNow;
        if (jump.compareTo(CLOCK_JUMP) > 0) {
            log.line("the host's clock jumped by " + jump.toSeconds() + " s");
            setGuestClock();
        }
    }

    /// Off the deciding thread: the guest may be slow to answer. However often it is asked for, as
    /// by a QEMU that was taken over, it is done one at a time.
    void setGuestClock() {
        if (clockRequests.getAndIncrement() == 0) {
            Thread.ofVirtual().name("setting the guest's clock").start(this::setClockAsAsked);
        }
    }

    private void setClockAsAsked() {
        int seen;
        do {
            seen = clockRequests.get();
            try {
                Duration behind = guest.setClock();
                log.line("the guest's clock was " + behind.toSeconds() + " s off");
            } catch (RuntimeException e) {
                log.line("the guest's clock could not be set: " + e.getMessage());
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
        } while (!clockRequests.compareAndSet(seen, 0));
    }

    private void lookForUse(Duration limit) {
        if (looking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("looking for use").start(() -> look(limit));
        }
    }

    /// Only a look from after the limit ends it: what began since the look before is seen by it.
    private void look(Duration limit) {
        long begun = System.nanoTime();
        try {
            if (guest.isIdle()) {
                idle = begun - lastUse > limit.toNanos();
            } else {
                used();
            }
        } catch (RuntimeException unreachable) {
            // What cannot be seen counts as used: nothing is stopped on a guess.
            used();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            looking.set(false);
        }
    }
}
