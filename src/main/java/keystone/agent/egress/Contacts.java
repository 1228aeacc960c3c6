package keystone.agent.egress;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.HostContact;
import keystone.agent.process.Owned;

/// Somebody who hears of every host that a guest asks for, once. Thread-safe.
final class Contacts implements Owned.Ending {
    /// A guest can ask for as many names as it likes.
    static final int MOST = 500;

    private final EgressLog log;
    private final Instant since;
    private final Consumer<HostContact> hearing;
    private final Set<HostContact> told = new HashSet<>();
    private boolean closed;

    /// @param since what was asked for earlier is somebody else's
    Contacts(EgressLog log, Instant since, Consumer<HostContact> hearing) {
        this.log = log;
        this.since = since;
        this.hearing = hearing;
    }

    synchronized void add(Passed passed) {
        if (closed || passed.host() == null || passed.time().isBefore(since)) {
            return;
        }
        // Of a name that may be looked up, the connection follows.
        if (passed.port() == null && passed.outcome() != Outcome.REFUSED) {
            return;
        }
        var contact = new HostContact(passed.host().text(), passed.port(), passed.outcome().word());
        if (told.size() < MOST && told.add(contact)) {
            hearing.accept(contact);
        }
    }

    /// Returns once nobody is told of anything any more.
    @Override
    public void close() {
        log.forget(this);
        synchronized (this) {
            closed = true;
        }
    }
}
