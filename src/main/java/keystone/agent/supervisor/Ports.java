package keystone.agent.supervisor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import keystone.agent.guest.GuestPorts;
import keystone.agent.guest.Redirector;
import keystone.agent.model.GuestListener;
import keystone.agent.model.PortNews;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.ports.Publisher;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.RunDir;
import org.jspecify.annotations.Nullable;

/// Publishes on this host what listens in the guest, until it is closed. Whatever goes wrong is
/// seen in `status`, and ends nothing else. Thread-safe.
///
/// Nothing that a guest does makes a process here: ssh is asked for a forward when somebody on this
/// host first connects.
final class Ports implements Owned.Ending {
    /// sshd, and our way out of the guest.
    private static final Set<Integer> OURS = ours();

    /// However often a guest says something.
    private static final Duration PACE = Duration.ofMillis(200);

    private static final Duration RETRY_FIRST = Duration.ofMillis(500);
    private static final Duration RETRY_LONGEST = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(5);

    private static Set<Integer> ours() {
        var all = new HashSet<>(Redirector.PORTS);
        all.addAll(List.of(22, Egress.PORT));
        return Set.copyOf(all);
    }

    private final SandboxName name;
    private final RunDir run;
    private final Publisher publisher;
    private final Map<Integer, Forward> forwards = new HashMap<>();
    private final Object monitor = new Object();
    private @Nullable GuestPorts forwardsOf;
    private int made;
    private @Nullable GuestPorts connection;
    private @Nullable Thread watching;
    private String problem = "it is not known yet who listens";
    private boolean closed;

    /// @param kept the numbers of this host that no guest gets, as of now
    /// @param log gets a sentence for each port that comes or goes
    Ports(
            SandboxName name,
            RunDir run,
            PortsPolicy policy,
            Supplier<Set<Integer>> kept,
            Consumer<String> log) {
        this.name = name;
        this.run = run;
        this.publisher = new Publisher(name, policy, this::connect, kept, log);
    }

    /// Begins once the guest answers ssh; where nothing is to be published, once that changes.
    void begin() {
        if (publisher.now().policy().isNothing()) {
            return;
        }
        synchronized (monitor) {
            if (watching == null && !closed) {
                watching = PipeThread.start("ports of " + name, this::watch);
            }
        }
    }

    private void watch() {
        try {
            Duration pause = RETRY_FIRST;
            do {
                pause = watchOnce() ? RETRY_FIRST : longer(pause);
            } while (!pausedUntilClosed(pause));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(RETRY_LONGEST) < 0 ? twice : RETRY_LONGEST;
    }

    /// To the end of one connection.
    ///
    /// @return whether it told anything
    private boolean watchOnce() throws InterruptedException {
        try (GuestPorts guest = open()) {
            boolean told = false;
            for (var next = guest.next(); next.isPresent(); next = guest.next()) {
                told = true;
                now(guest, "");
                publisher.saw(next.get().stream().filter(each -> isTheirs(each)).toList());
                if (pausedUntilClosed(PACE)) {
                    return true;
                }
            }
            now(null, unknown(guest.lastWords()));
            return told;
        } catch (IOException | RuntimeException failure) {
            now(null, unknown(String.valueOf(failure.getMessage())));
            return false;
        }
    }

    private static String unknown(String why) {
        return "it is not known who listens: " + Printable.of(why);
    }

    private static boolean isTheirs(GuestListener listener) {
        return !OURS.contains(listener.port());
    }

    private GuestPorts open() throws IOException {
        PrivateFiles.createDirectories(run.ports());
        // One that was killed leaves it, and the next would not listen beside it.
        Files.deleteIfExists(run.portsMasterSocket());
        GuestPorts opened = GuestPorts.start(name, run.sshConfig(), run.portsMasterSocket());
        synchronized (monitor) {
            connection = opened;
            if (closed) {
                opened.close();
            }
        }
        return opened;
    }

    private void now(@Nullable GuestPorts guest, String why) {
        synchronized (monitor) {
            connection = guest;
            problem = why;
        }
    }

    private boolean pausedUntilClosed(Duration length) throws InterruptedException {
        synchronized (monitor) {
            long end = System.nanoTime() + length.toNanos();
            for (long left = length.toNanos();
                    !closed && left > 0;
                    left = end - System.nanoTime()) {
                monitor.wait(Math.ceilDiv(left, 1_000_000L));
            }
            return closed;
        }
    }

    /// A connection to a port of the guest.
    private SocketChannel connect(int port, String address)
            throws IOException, InterruptedException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket(port, address)));
            return channel;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /// The socket of this host that leads there; made when there is none yet.
    private Path socket(int port, String address) throws IOException, InterruptedException {
        GuestPorts guest = connection().orElseThrow(() -> new IOException("no connection"));
        synchronized (forwards) {
            if (forwardsOf != guest) {
                forwards.clear();
                forwardsOf = guest;
            }
            Forward known = forwards.get(port);
            if (known == null || !known.address().equals(address)) {
                if (known != null) {
                    guest.endForward(known.socket(), port, known.address());
                    forwards.remove(port);
                }
                known = new Forward(address, run.ports().resolve(Integer.toString(++made)));
                forward(guest, known.socket(), port, address);
                forwards.put(port, known);
            }
            return known.socket();
        }
    }

    /// One for each port: a guest that says now this of where it listens and now that has no more.
    private record Forward(String address, Path socket) {}

    private static void forward(GuestPorts guest, Path socket, int port, String address)
            throws IOException, InterruptedException {
        try {
            guest.forward(socket, port, address);
        } catch (UserError failure) {
            throw new IOException(failure);
        }
    }

    private Optional<GuestPorts> connection() {
        synchronized (monitor) {
            return Optional.ofNullable(connection);
        }
    }

    /// Whether one of the connections to the guest is of this.
    boolean isConnected() {
        return connection().isPresent();
    }

    /// @param changed holds from now on
    void follow(PortsPolicy changed) {
        publisher.follow(changed);
        begin();
    }

    /// Numbers of this host have become others' or free.
    void reconsider() {
        publisher.reconsider();
    }

    /// How it is at the moment.
    PortsNow now() {
        PortsNow now = publisher.now();
        synchronized (monitor) {
            boolean isSeen = problem.isEmpty() || now.policy().isNothing();
            return isSeen ? now : new PortsNow(now.policy(), now.ports(), problem);
        }
    }

    /// As [Publisher#news].
    PortNews news(long known, Duration limit) throws InterruptedException {
        return publisher.news(known, limit);
    }

    @Override
    public void close() {
        Optional<GuestPorts> last;
        Thread thread;
        synchronized (monitor) {
            closed = true;
            last = Optional.ofNullable(connection);
            thread = watching;
            monitor.notifyAll();
        }
        try (var owned = new Owned()) {
            if (thread != null) {
                owned.own(() -> end(thread));
            }
            last.ifPresent(owned::own);
            owned.own(publisher);
        }
    }

    private static void end(Thread thread) {
        try {
            boolean _ = thread.join(END);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
