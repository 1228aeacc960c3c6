package keystone.agent.egress;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Limits how many exchanges with hosts that have a secret there are at once. One that waits for a
/// request gives its slot to one that has none, the one that has waited for longest first: programs
/// keep connections, and make new ones when those have ended. Thread-safe.
final class SecretConnections {
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Semaphore free;
    private final Set<Slot> taken = ConcurrentHashMap.newKeySet();
    private final AtomicLong idlings = new AtomicLong();

    SecretConnections(int most) {
        free = new Semaphore(most);
    }

    /// Gives it a slot until it is closed.
    ///
    /// @return false when there was none in that time
    boolean enter(Exchange exchange, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        boolean has = free.tryAcquire();
        while (!has && System.nanoTime() - end < 0) {
            longestIdle().ifPresent(idle -> idle.slot().giveUp(idle));
            // Also looks again: another one may wait for a request by then.
            has = free.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (has) {
            var slot = new Slot(exchange);
            taken.add(slot);
            exchange.occupy(slot);
        }
        return has;
    }

    private Optional<State.Idle> longestIdle() {
        return taken.stream()
                .map(each -> each.state.get())
                .filter(State.Idle.class::isInstance)
                .map(State.Idle.class::cast)
                .min(Comparator.comparingLong(State.Idle::since));
    }

    /// What the exchange of a slot is at.
    private sealed interface State {
        /// A request is being answered.
        record Busy() implements State {}

        /// The next request is waited for.
        ///
        /// @param since counts up; not a time
        record Idle(Slot slot, long since) implements State {}

        /// Another exchange gets the slot.
        record GivenUp() implements State {}
    }

    /// The slot of one exchange.
    final class Slot {
        private static final State BUSY = new State.Busy();
        private static final State GIVEN_UP = new State.GivenUp();

        private final Exchange exchange;
        private final AtomicReference<State> state = new AtomicReference<>(BUSY);

        private Slot(Exchange exchange) {
            this.exchange = exchange;
        }

        /// From now on nobody loses anything when the exchange ends.
        void idle() {
            boolean _ = state.compareAndSet(BUSY, new State.Idle(this, idlings.incrementAndGet()));
        }

        /// @throws IOException when the slot was given to another meanwhile
        void busy() throws IOException {
            State was = state.getAndUpdate(each -> each instanceof State.GivenUp ? each : BUSY);
            if (was instanceof State.GivenUp) {
                throw new IOException("its place was given to another");
            }
        }

        private void giveUp(State.Idle seen) {
            if (state.compareAndSet(seen, GIVEN_UP)) {
                exchange.close();
            }
        }

        void leave() {
            if (taken.remove(this)) {
                free.release();
            }
        }
    }
}
