package keystone.agent.egress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import keystone.agent.egress.SecretReader.Found;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// One secret of a sandbox: read when it is first needed, kept in memory, and read again when its
/// file has changed or a server no longer takes it. Thread-safe.
final class HeldSecret {
    /// However often a guest makes a server refuse it, or reading it fails, so long it is not read
    /// again: after the first time, the second, and all others. A program may ask the user.
    static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10));

    /// After so long without, it counts from the first again.
    static final Duration QUIET = Duration.ofHours(1);

    private final SecretRef ref;
    private final SecretReader reader;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Found found;
    private @Nullable Secret rejected;
    private @Nullable UserError failure;
    private Instant readAt = Instant.EPOCH;
    private int inRow;

    HeldSecret(SecretRef ref, SecretReader reader, InstantSource clock) {
        this.ref = ref;
        this.reader = reader;
        this.clock = clock;
    }

    SecretRef ref() {
        return ref;
    }

    /// The value as it is now.
    ///
    /// @throws UserError when there is none, or it cannot be read
    Found current() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Found held = found;
            if (held != null && held.isCurrent(clock.instant())) {
                return held;
            }
            UserError before = failure;
            if (before != null) {
                if (isTooSoon()) {
                    throw before;
                }
                inRow++;
            }
            return read();
        } finally {
            lock.unlock();
        }
    }

    private Found read() throws InterruptedException {
        failure = null;
        try {
            Found read = reader.read(ref, rejected).orElseThrow(this::missing);
            found = read;
            return read;
        } catch (UserError failed) {
            found = null;
            failure = asksSomebody() ? failed : null;
            throw failed;
        } finally {
            readAt = clock.instant();
        }
    }

    /// A program that may ask the user, or a server: a guest must not make us ask all the time.
    private boolean asksSomebody() {
        return ref.sources().stream()
                .anyMatch(
                        each ->
                                each instanceof SecretSource.Command
                                        || each instanceof SecretSource.LogIn);
    }

    private boolean isTooSoon() {
        Instant now = clock.instant();
        if (now.isAfter(readAt.plus(QUIET))) {
            inRow = 0;
        }
        return now.isBefore(readAt.plus(PAUSES.get(Math.min(inRow, PAUSES.size() - 1))));
    }

    private UserError missing() {
        return UserError.failed(
                "there is no secret " + ref.name() + " on this host any more",
                "keystone-agent tokens set " + ref.name());
    }

    /// A server has refused it: it is read again before it is used the next time.
    void refused(Secret used) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (found != null && found.secret().equals(used) && !isTooSoon()) {
                found = null;
                rejected = used;
                inRow++;
            }
        } finally {
            lock.unlock();
        }
    }
}
