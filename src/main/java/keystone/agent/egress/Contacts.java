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
    /// A guest can ask for as many names as it likes. So many of those that are refused, which
    /// cost it nothing, and of the others so many.
    static final int MOST = 500;

    private final EgressLog log;
    private final Instant since;
    private final Consumer<HostContact> hearing;
    private final Set<HostContact> refused = new HashSet<>();
    private final Set<HostContact> others = new HashSet<>();
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
        String verdict = passed.outcome().word();
        var contact = new HostContact(passed.host().text(), passed.port(), verdict);
        Set<HostContact> told = passed.outcome() == Outcome.REFUSED ? refused : others;
        if (told.size() < MOST && told.add(contact)) {
            hearing.accept(contact);
        } else if (told.size() == MOST && !told.contains(contact)) {
            var more = new HostContact(HostContact.MORE, null, verdict);
            told.add(more);
            hearing.accept(more);
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
