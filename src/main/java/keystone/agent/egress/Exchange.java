package keystone.agent.egress;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything of one connection that a guest has made: its ends, and until when it may last.
/// Whoever closes it ends all that waits on it.
final class Exchange implements AutoCloseable {
    private final Limits limits;
    private final Line guest;
    private final List<SocketChannel> channels = new ArrayList<>();
    private Places.@Nullable Place place;
    private boolean closed;
    private volatile long end;
    private volatile boolean passing;

    Exchange(SocketChannel guest, Limits limits) {
        this.limits = limits;
        this.channels.add(guest);
        this.guest = new Line(guest, this::active);
        allow(limits.request());
    }

    Line guest() {
        return guest;
    }

    Limits limits() {
        return limits;
    }

    /// From now on it may last so much longer, whatever happens.
    void allow(Duration time) {
        passing = false;
        end = System.nanoTime() + time.toNanos();
    }

    /// From now on it may last as long as something passes.
    void allowWhilePassing() {
        passing = true;
        active();
    }

    /// Takes the slot of this exchange, which is freed when the exchange is closed. Called at most
    /// once.
    synchronized void occupy(Places.Place taken) {
        place = taken;
        if (closed) {
            taken.leave();
        }
    }

    synchronized boolean hasPlace() {
        return place != null;
    }

    /// Waits for the next request as long as a connection may be idle, unless somebody needs its
    /// place.
    void idle() {
        allowWhilePassing();
        Places.Place held = held();
        if (held != null) {
            held.idle();
        }
    }

    /// A request begins, whose head has to come in time.
    void busy() throws IOException {
        Places.Place held = held();
        if (held != null) {
            held.busy();
        }
        allow(limits.request());
    }

    private synchronized Places.@Nullable Place held() {
        return place;
    }

    private void active() {
        if (passing) {
            end = System.nanoTime() + limits.idle().toNanos();
        }
    }

    /// A new connection of ours, which ends with this.
    ///
    /// @param limit for this attempt
    Line connect(SocketAddress address, Duration limit) throws IOException {
        SocketChannel channel = SocketChannel.open();
        add(channel);
        try {
            // What a model says comes in small pieces, each of which somebody waits for.
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(address, Math.toIntExact(limit.toMillis()));
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
        return new Line(channel, this::active);
    }

    private synchronized void add(SocketChannel channel) throws IOException {
        if (closed) {
            channel.close();
            throw new IOException("it took too long");
        }
        channels.add(channel);
    }

    /// Closes it when its time is over.
    void endIfDue(long now) {
        if (now - end > 0) {
            close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (SocketChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException goneAlready) {
                // That is what was wanted.
            }
        }
        channels.clear();
        if (place != null) {
            place.leave();
        }
    }
}
