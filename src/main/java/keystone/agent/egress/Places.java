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

/// Room for so many exchanges at once. One that waits for a request gives way to who has no place,
/// the one that has waited for longest first: programs keep connections, and make new ones when
/// those have ended. Thread-safe.
final class Places {
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Semaphore free;
    private final Set<Place> taken = ConcurrentHashMap.newKeySet();
    private final AtomicLong turn = new AtomicLong();

    Places(int most) {
        free = new Semaphore(most);
    }

    /// Gives it a place until it is closed.
    ///
    /// @return false when there was none in that time
    boolean enter(Exchange exchange, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        boolean has = free.tryAcquire();
        while (!has && System.nanoTime() - end < 0) {
            longestIdle().ifPresent(Place::giveUp);
            has = free.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (has) {
            var place = new Place(exchange);
            taken.add(place);
            exchange.occupy(place);
        }
        return has;
    }

    private Optional<Place> longestIdle() {
        return taken.stream()
                .filter(each -> each.idleSince.get() > Place.BUSY)
                .min(Comparator.comparingLong(each -> each.idleSince.get()));
    }

    /// That of one exchange.
    final class Place {
        private static final long BUSY = 0;
        private static final long GIVEN_UP = -1;

        private final Exchange exchange;
        private final AtomicLong idleSince = new AtomicLong(BUSY);

        private Place(Exchange exchange) {
            this.exchange = exchange;
        }

        /// From now on nobody loses anything when it ends.
        void idle() {
            boolean _ = idleSince.compareAndSet(BUSY, turn.incrementAndGet());
        }

        /// @throws IOException when it was given to another meanwhile
        void busy() throws IOException {
            if (idleSince.getAndUpdate(was -> was == GIVEN_UP ? was : BUSY) == GIVEN_UP) {
                throw new IOException("its place was given to another");
            }
        }

        private void giveUp() {
            long was = idleSince.get();
            if (was > BUSY && idleSince.compareAndSet(was, GIVEN_UP)) {
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
