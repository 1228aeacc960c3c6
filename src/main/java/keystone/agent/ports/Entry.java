package keystone.agent.ports;

import keystone.agent.model.GuestListener;
import keystone.agent.model.Publication;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.PublishedPort.By;

/// One port of the guest that is published. Not thread-safe, but for [#target].
final class Entry {
    static final String SILENT = "nothing listens there at the moment";

    final HostPort port;
    By by;
    private final String why;
    private volatile GuestListener target;
    private boolean silent;
    private long silentSince;

    /// @param why it has the number that it has; empty when there is nothing to say
    Entry(HostPort port, By by, GuestListener target, String why) {
        this.port = port;
        this.by = by;
        this.target = target;
        this.why = why;
    }

    /// Where the guest takes its connections; may change.
    GuestListener target() {
        return target;
    }

    Publication publication() {
        return new Publication(port.number(), target.port());
    }

    void seen(GuestListener listener) {
        target = listener;
        silent = false;
    }

    void unseen(long now) {
        if (!silent) {
            silent = true;
            silentSince = now;
        }
    }

    boolean isSilent() {
        return silent;
    }

    /// When it became silent, on the monotonic clock.
    long silentSince() {
        return silentSince;
    }

    PublishedPort published() {
        String note = silent ? SILENT : why;
        return new PublishedPort(target.port(), port.number(), target.program(), by, note);
    }
}
