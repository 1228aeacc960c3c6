package keystone.agent.egress;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.UserError;
import keystone.agent.process.Accepting;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;

/// The one exit of a guest: listens on a Unix socket, to which the guest's programs are forwarded,
/// and speaks HTTP and SOCKS5 there. What it lets through is what its [Gate] allows.
///
/// Whatever a guest sends, it gets no more than [Limits] say. Thread-safe.
public final class EgressProxy implements Owned.Ending {
    /// Beyond the limit, so many at once are told that it is reached; others are only hung up on.
    private static final int MOST_TOLD = 16;

    private static final Duration LAST_LINES = Duration.ofSeconds(2);

    private final ServerSocketChannel listening;
    private final EgressLog log;
    private final Limits limits;
    private final InstantSource clock;
    private final HttpService http;
    private final SocksService socks;
    private final Semaphore free;
    private final Semaphore freeForBusy = new Semaphore(MOST_TOLD);
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("egress, time limits").factory());

    private EgressProxy(
            ServerSocketChannel listening,
            Gate gate,
            EgressLog log,
            Limits limits,
            InstantSource clock,
            Tunnel tunnel) {
        this.listening = listening;
        this.log = log;
        this.limits = limits;
        this.clock = clock;
        this.free = new Semaphore(limits.connections());
        var connector = new Connector(gate.names());
        this.http = new HttpService(gate, connector, tunnel);
        this.socks = new SocksService(gate, connector, tunnel);
    }

    /// Serves at once, and puts secrets in on the way out.
    ///
    /// @param socket not there yet; in a directory that only we may enter
    public static EgressProxy open(
            Path socket, Gate gate, EgressLog log, InstantSource clock, Secrets secrets) {
        return open(socket, gate, log, clock, Limits.USUAL, secrets.tunnel());
    }

    static EgressProxy open(
            Path socket,
            Gate gate,
            EgressLog log,
            InstantSource clock,
            Limits limits,
            Tunnel tunnel) {
        try {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            var proxy = new EgressProxy(channel, gate, log, limits, clock, tunnel);
            proxy.begin();
            return proxy;
        } catch (IOException e) {
            throw new UserError(
                    UserError.Kind.FAILED,
                    "cannot listen on " + socket,
                    "export XDG_RUNTIME_DIR=/run/user/$(id -u)",
                    e);
        }
    }

    private void begin() {
        Thread.ofPlatform()
                .daemon()
                .name("egress")
                .start(() -> Accepting.toTheEnd(listening, this::admit));
        long look = limits.look().toMillis();
        var _ =
                watch.scheduleWithFixedDelay(
                        () -> {
                            long now = System.nanoTime();
                            open.forEach(each -> each.endIfDue(now));
                        },
                        look,
                        look,
                        TimeUnit.MILLISECONDS);
    }

    private void admit(SocketChannel channel) throws IOException {
        if (free.tryAcquire()) {
            serve(channel, free, this::serve);
        } else if (freeForBusy.tryAcquire()) {
            serve(channel, freeForBusy, this::sayBusy);
        } else {
            channel.close();
        }
    }

    /// How one connection is served.
    private interface Service {
        void serve(Exchange exchange, Report report) throws IOException, InterruptedException;
    }

    private void serve(SocketChannel channel, Semaphore from, Service service) {
        var exchange = new Exchange(channel, limits);
        open.add(exchange);
        if (!listening.isOpen()) {
            exchange.close();
        }
        Thread.ofVirtual()
                .name("egress, a connection")
                .start(
                        () -> {
                            try {
                                serveToTheEnd(exchange, service);
                            } finally {
                                open.remove(exchange);
                                from.release();
                            }
                        });
    }

    private void serveToTheEnd(Exchange exchange, Service service) {
        var report = new Report(clock, log::answered);
        try (exchange) {
            service.serve(exchange, report);
        } catch (IOException ended) {
            // One of the ends has gone, or its time is over; the report says how far it came.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            log.add(report.passed());
        }
    }

    private void serve(Exchange exchange, Report report) throws IOException, InterruptedException {
        var some = exchange.guest().some();
        if (some.hasRemaining() && some.get(some.position()) == SocksService.VERSION) {
            socks.serve(exchange, report);
        } else {
            http.serve(exchange, report);
        }
    }

    private void sayBusy(Exchange exchange, Report report) throws IOException {
        String why = "there are " + limits.connections() + " connections already";
        report.became(Outcome.REFUSED, why);
        HttpAnswer.give(exchange, HttpAnswer.BUSY, why, "");
    }

    /// How many connections there are at the moment.
    public int connections() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            watch.shutdownNow();
            open.forEach(Exchange::close);
            // Each has a line to write yet, and its thread is ours.
            boolean _ = Patience.until(LAST_LINES, open::isEmpty);
        }
    }
}
