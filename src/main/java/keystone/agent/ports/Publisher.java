package keystone.agent.ports;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import keystone.agent.model.GuestListener;
import keystone.agent.model.PortNews;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Publication;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.PublishedPort.By;
import keystone.agent.model.SandboxName;
import keystone.agent.process.LoopbackPort;
import keystone.agent.process.Owned;

/// The ports of one guest on this host, until it is closed: who listens inside is published as the
/// [PortsPolicy] says. A guest decides neither where on this host that is, nor how many there are.
/// Thread-safe.
public final class Publisher implements Owned.Ending {
    /// The most ports that are published without being named; the lowest numbers from 1024 first.
    public static final int MOST = 64;

    private static final int MOST_CONNECTIONS = 512;

    /// A server that is started anew keeps its number.
    private static final Duration LINGER = Duration.ofSeconds(3);

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration END = Duration.ofSeconds(5);

    private final SandboxName sandbox;
    private final Way way;
    private final Supplier<Set<Integer>> kept;
    private final Said said;
    private final Loopback loopback = Loopback.ofThisHost();
    private final Map<Passage, Entry> open = new ConcurrentHashMap<>();
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
    private final Map<Integer, Entry> entries = new TreeMap<>();
    private final Map<Integer, GuestListener> seen = new TreeMap<>();
    private final Thread keeping;
    private PortsPolicy policy;
    private long retryAt = System.nanoTime();
    private volatile boolean closed;

    /// Begins with what is published in any case.
    ///
    /// @param kept the numbers of this host that no port gets, as of now: behind them, this host
    /// and
    ///     the exit expect somebody else, to whom they may show secrets
    /// @param log gets a sentence for each port that comes or goes
    public Publisher(
            SandboxName sandbox,
            PortsPolicy policy,
            Way way,
            Supplier<Set<Integer>> kept,
            Consumer<String> log) {
        this.sandbox = sandbox;
        this.policy = policy;
        this.way = way;
        this.kept = kept;
        this.said = new Said(log);
        this.keeping = Thread.ofVirtual().name("ports of " + sandbox).start(this::keep);
    }

    /// Who listens in the guest now.
    public void saw(List<GuestListener> listeners) {
        said.say(
                settled(
                        () -> {
                            seen.clear();
                            listeners.forEach(each -> seen.put(each.port(), each));
                        }));
    }

    /// What is published from now on.
    public void follow(PortsPolicy changed) {
        said.say(settled(() -> policy = changed));
    }

    private synchronized List<String> settled(Runnable change) {
        if (closed) {
            return List.of();
        }
        change.run();
        notifyAll();
        return settle();
    }

    /// Runs until closed: whenever an entry is due (its grace period is over, or a taken number is
    /// to be tried again), settles and logs what changed.
    private void keep() {
        try {
            while (awaitDue()) {
                said.say(settled(() -> {}));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitDue() throws InterruptedException {
        for (long millis = dueIn(); !closed && millis > 0; millis = dueIn()) {
            wait(millis);
        }
        return !closed;
    }

    /// In milliseconds.
    private long dueIn() {
        long now = System.nanoTime();
        long due = Math.min(retryAt - now, NEVER.toNanos());
        for (Entry each : entries.values()) {
            if (each.isSilent() && each.by == By.ITSELF) {
                due = Math.min(due, each.silentSince() + LINGER.toNanos() - now);
            }
        }
        return Math.ceilDiv(due, 1_000_000L);
    }

    /// @return what is to be said
    private List<String> settle() {
        var sentences = new ArrayList<String>();
        long now = System.nanoTime();
        for (Entry each : List.copyOf(entries.values())) {
            Optional<GuestListener> listener = Optional.ofNullable(seen.get(each.target().port()));
            listener.ifPresentOrElse(each::seen, () -> each.unseen(now));
            if (policy.published().contains(each.publication())) {
                each.by = By.YOU;
            }
            if (!isWanted(each, now)) {
                withdraw(each, sentences);
            }
        }
        policy.published().forEach(each -> publishAsAsked(each, sentences));
        seen.values().stream()
                .filter(each -> policy.isAutomatic(each.port()))
                .sorted(Numbers.ORDER)
                .forEach(each -> publishByItself(each, sentences));
        boolean isAllThere =
                policy.published().stream().allMatch(each -> entries.containsKey(each.guest()));
        retryAt = now + (isAllThere ? NEVER : RETRY).toNanos();
        return sentences;
    }

    private boolean isWanted(Entry entry, long now) {
        if (isKept(entry.port.number())) {
            return false;
        }
        if (entry.by == By.YOU) {
            return policy.published().contains(entry.publication());
        }
        int guest = entry.target().port();
        boolean isFresh = !entry.isSilent() || now - entry.silentSince() < LINGER.toNanos();
        return policy.isAutomatic(guest) && isFresh && !isAsked(guest);
    }

    private boolean isKept(int host) {
        return kept.get().contains(host);
    }

    /// Listens on one that is free and may be had.
    private Optional<HostPort> listen(int host) {
        if (isKept(host)) {
            return Optional.empty();
        }
        Optional<HostPort> port = loopback.listen(host);
        // Any number that is free may be one of those, too.
        if (port.isPresent() && isKept(port.get().number())) {
            port.get().close();
            return Optional.empty();
        }
        return port;
    }

    private boolean isAsked(int guest) {
        return policy.published().stream().anyMatch(each -> each.guest() == guest);
    }

    /// What somebody wants not to be published ends at once; a server that listens no more may
    /// still serve whom it has.
    private void withdraw(Entry entry, List<String> sentences) {
        entry.port.close();
        if (!entry.isSilent()) {
            open.forEach(
                    (passage, of) -> {
                        if (of == entry) {
                            passage.close();
                        }
                    });
        }
        entries.remove(entry.target().port());
        sentences.add(entry.published().departure(sandbox));
    }

    private void publishAsAsked(Publication asked, List<String> sentences) {
        if (entries.containsKey(asked.guest())) {
            return;
        }
        List.copyOf(entries.values()).stream()
                .filter(each -> each.by == By.ITSELF && each.port.number() == asked.host())
                .forEach(each -> withdraw(each, sentences));
        listen(asked.host()).ifPresent(port -> publish(asked.guest(), port, By.YOU, "", sentences));
    }

    private void publishByItself(GuestListener listener, List<String> sentences) {
        int guest = listener.port();
        if (entries.containsKey(guest) || isAsked(guest) || automatic() >= MOST) {
            return;
        }
        Numbers.of(guest).stream()
                .flatMap(number -> listen(number).stream())
                .findFirst()
                .ifPresent(
                        port ->
                                publish(
                                        guest,
                                        port,
                                        By.ITSELF,
                                        Numbers.why(guest, port.number()),
                                        sentences));
    }

    private long automatic() {
        return entries.values().stream().filter(each -> each.by == By.ITSELF).count();
    }

    private void publish(int guest, HostPort port, By by, String why, List<String> sentences) {
        GuestListener known = seen.get(guest);
        GuestListener target =
                known == null ? new GuestListener(guest, GuestListener.LOOPBACK, "") : known;
        var entry = new Entry(port, by, target, why);
        if (known == null) {
            entry.unseen(System.nanoTime());
        }
        entries.put(guest, entry);
        port.accept(client -> admit(client, entry));
        sentences.add(entry.published().arrival(sandbox));
    }

    private void admit(SocketChannel client, Entry entry) {
        var passage = new Passage(client);
        if (!free.tryAcquire()) {
            passage.close();
            return;
        }
        open.put(passage, entry);
        Thread.ofVirtual().name("from port").start(() -> carry(passage, entry));
        if (closed) {
            passage.close();
        }
    }

    private void carry(Passage passage, Entry entry) {
        try {
            GuestListener target = entry.target();
            passage.run(way, target.port(), target.address());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(passage);
            free.release();
        }
    }

    /// Looks anew what it may publish.
    public void reconsider() {
        said.say(settled(() -> {}));
    }

    /// How it is at the moment.
    public synchronized PortsNow now() {
        var all = new TreeMap<Integer, PublishedPort>();
        entries.forEach((guest, entry) -> all.put(guest, entry.published()));
        policy.published().stream()
                .filter(each -> !all.containsKey(each.guest()))
                .forEach(each -> all.put(each.guest(), missing(each)));
        long left = seen.keySet().stream().filter(each -> isLeftOut(each, all)).count();
        String note = left == 0 ? "" : left + " more are not published: at most " + MOST + " are";
        return new PortsNow(policy, List.copyOf(all.values()), note);
    }

    private boolean isLeftOut(int guest, Map<Integer, PublishedPort> published) {
        return policy.isAutomatic(guest) && !published.containsKey(guest);
    }

    private PublishedPort missing(Publication asked) {
        GuestListener known = seen.get(asked.guest());
        String program = known == null ? "" : known.program();
        if (isKept(asked.host())) {
            return new PublishedPort(
                    asked.guest(),
                    null,
                    program,
                    By.YOU,
                    "%d of this host is for a service of its own, which the guest may reach"
                            .formatted(asked.host()));
        }
        String holder =
                new LoopbackPort(asked.host())
                        .holder()
                        .map(each -> ": `%s` has it (pid %d)".formatted(each.program(), each.pid()))
                        .orElse("");
        return new PublishedPort(
                asked.guest(),
                null,
                program,
                By.YOU,
                "%d of this host cannot be had%s".formatted(asked.host(), holder));
    }

    /// What was said after the first `known` sentences; waits for one.
    ///
    /// @param known negative for how many there were
    public PortNews news(long known, Duration limit) throws InterruptedException {
        return said.after(known, limit);
    }

    @Override
    public void close() {
        List<Entry> last;
        synchronized (this) {
            closed = true;
            last = List.copyOf(entries.values());
            entries.clear();
            notifyAll();
        }
        said.end();
        try (var owned = new Owned()) {
            owned.own(this::awaitKeeping);
            open.keySet().forEach(owned::own);
            last.forEach(each -> owned.own(each.port));
        }
    }

    private void awaitKeeping() {
        try {
            boolean _ = keeping.join(END);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
