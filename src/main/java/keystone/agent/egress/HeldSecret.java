package keystone.agent.egress;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import keystone.agent.egress.SecretReader.Found;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// One secret of a sandbox: read when it is first needed, kept in memory, and read again when its
/// file has changed or a server no longer takes it. Thread-safe.
final class HeldSecret {
    /// However often a guest makes a server refuse it, it is not read more often than this.
    static final Duration BETWEEN = Duration.ofSeconds(10);

    private final SecretRef ref;
    private final SecretReader reader;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Found found;
    private @Nullable Secret rejected;
    private @Nullable UserError failure;
    private Instant readAt = Instant.EPOCH;

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
            if (before != null && clock.instant().isBefore(readAt.plus(BETWEEN))) {
                throw before;
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

    private UserError missing() {
        return UserError.failed(
                "there is no secret " + ref.name() + " on this host any more",
                "keystone-agent tokens set " + ref.name());
    }

    /// A server has refused it: it is read again before it is used the next time.
    void refused(Secret used) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean isLongAgo = readAt.plus(BETWEEN).isBefore(clock.instant());
            if (found != null && found.secret().equals(used) && isLongAgo) {
                found = null;
                rejected = used;
            }
        } finally {
            lock.unlock();
        }
    }
}
