package keystone.agent.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.model.HostName;
import keystone.agent.process.Owned;

/// Looks names up as this host does.
///
/// On threads of its own: a look-up blocks in the C library, and a virtual thread would block with
/// its carrier, of which there are as many as processors.
final class HostNames implements Names, Owned.Ending {
    private static final int MOST_AT_ONCE = 16;
    private static final int MOST_WAITING = 256;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Duration limit;
    private final ExecutorService threads;

    HostNames(Duration limit) {
        this.limit = limit;
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
        Future<InetAddress[]> answer;
        try {
            answer = threads.submit(() -> InetAddress.getAllByName(name.text()));
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
