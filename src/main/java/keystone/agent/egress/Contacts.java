package keystone.agent.egress;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.HostAnswer;
import keystone.agent.model.HostContact;
import keystone.agent.process.Owned;

/// Somebody who hears of every host that a guest asks for, once. Thread-safe.
final class Contacts implements Owned.Ending {
    /// The most hosts remembered: so many refused ones, which cost a guest nothing, and as many
    /// others.
    static final int MOST = 500;

    /// What goes on is not told again before: programs repeat such a request every few seconds.
    static final Duration QUIET = Duration.ofMinutes(2);

    private final EgressLog log;
    private final Instant since;
    private final EgressLog.Hearing hearing;
    private final Set<HostContact> refused = new HashSet<>();
    private final Set<HostContact> others = new HashSet<>();

    /// When each host was told of last.
    private final Map<HostAnswer, Instant> troubles = new HashMap<>();

    private boolean closed;

    /// @param since requests from before this instant belong to an earlier task and are ignored
    Contacts(EgressLog log, Instant since, EgressLog.Hearing hearing) {
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
            tell(told, contact);
        } else if (told.size() == MOST && !told.contains(contact)) {
            var more = new HostContact(HostContact.MORE, null, verdict);
            told.add(more);
            tell(told, more);
        }
    }

    /// That it could not be written down, as on a full disk, must end neither a connection nor the
    /// answers to a guest's questions for names: it is told the next time.
    private void tell(Set<HostContact> told, HostContact contact) {
        try {
            hearing.contacted(contact);
        } catch (UncheckedIOException diskFull) {
            told.remove(contact);
        }
    }

    synchronized void answered(Instant at, HostAnswer answer) {
        if (closed || !answer.isTryLater()) {
            return;
        }
        Instant before = troubles.get(answer);
        boolean isNew = before == null || !at.isBefore(before.plus(QUIET));
        if (isNew && (before != null || troubles.size() < MOST)) {
            tell(at, answer);
        }
    }

    private void tell(Instant at, HostAnswer answer) {
        try {
            hearing.troubled(answer);
            troubles.put(answer, at);
        } catch (UncheckedIOException diskFull) {
            // As above.
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
