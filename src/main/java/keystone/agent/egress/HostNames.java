package keystone.agent.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import keystone.agent.model.HostName;
import keystone.agent.process.Owned;

/// Looks names up as this host does.
///
/// On threads of its own: a look-up blocks in the C library, and a virtual thread would block with
/// its carrier, of which there are as many as processors.
///
/// Programs ask for few names again and again, so answers are kept for a moment; but no more than
/// so many, as a guest can ask for new names all the time. Thread-safe.
final class HostNames implements Names, Owned.Ending {
    static {
        // Java keeps every answer for half a minute, however many those are.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    private static final int MOST_AT_ONCE = 16;
    private static final int MOST_WAITING = 256;
    private static final Duration IDLE = Duration.ofSeconds(10);

    static final int MOST_KEPT = 256;
    static final Duration KEPT = Duration.ofSeconds(30);

    private final Duration limit;
    private final Asking asking;
    private final LongSupplier nanos;
    private final ExecutorService threads;
    private final Map<HostName, Known> known =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<HostName, Known> eldest) {
                    return size() > MOST_KEPT;
                }
            };

    private record Known(List<InetAddress> addresses, long since) {}

    /// What is asked, and blocks.
    @FunctionalInterface
    interface Asking {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    HostNames(Duration limit) {
        this(limit, InetAddress::getAllByName, System::nanoTime);
    }

    HostNames(Duration limit, Asking asking, LongSupplier nanos) {
        this.limit = limit;
        this.asking = asking;
        this.nanos = nanos;
        var pool =
                new ThreadPoolExecutor(
                        MOST_AT_ONCE,
                        MOST_AT_ONCE,
                        IDLE.toSeconds(),
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MOST_WAITING),
                        Thread.ofPlatform().daemon().name("looks up a name").factory());
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    @Override
    public List<InetAddress> addresses(HostName name)
            throws UnknownHostException, InterruptedException {
        List<InetAddress> kept = kept(name);
        if (kept.isEmpty()) {
            List<InetAddress> found = ask(name);
            keep(name, found);
            return found;
        }
        return kept;
    }

    private List<InetAddress> kept(HostName name) {
        synchronized (known) {
            Known found = known.get(name);
            return found != null && nanos.getAsLong() - found.since() < KEPT.toNanos()
                    ? found.addresses()
                    : List.of();
        }
    }

    private void keep(HostName name, List<InetAddress> found) {
        synchronized (known) {
            // Behind those that are older.
            known.remove(name);
            known.put(name, new Known(found, nanos.getAsLong()));
        }
    }

    private List<InetAddress> ask(HostName name) throws UnknownHostException, InterruptedException {
        Future<InetAddress[]> answer;
        try {
            answer = threads.submit(() -> asking.addresses(name.text()));
        } catch (RejectedExecutionException tooMany) {
            throw new UnknownHostException("too many names are being looked up");
        }
        try {
            return List.of(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException failed) {
            throw new UnknownHostException("this host does not know the name");
        } catch (TimeoutException late) {
            throw new UnknownHostException("looking the name up took too long");
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
