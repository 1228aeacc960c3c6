package keystone.agent.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Patience;

/// The right to be the only one of ours that works on something in a repository.
///
/// A lock on a directory of ours (flock(2)), held by a child that ends with us however we end, so
/// none is ever left behind. The child runs as the project's owner, as all that touches `.git`.
final class RepositoryLock implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// To pin what a guest borrows takes less, also on a busy host.
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final byte SIGN = '\n';

    /// The exit status that tells that somebody else has it.
    private static final int TAKEN = 75;

    private final OwnedProcess holder;

    private RepositoryLock(OwnedProcess holder) {
        this.holder = holder;
    }

    /// The lock, or empty when somebody else has it.
    ///
    /// @param directory made when it is not there
    static Optional<RepositoryLock> take(AsOwner asOwner, Path directory)
            throws InterruptedException {
        return take(asOwner, directory, "--nonblock");
    }

    /// The same, once somebody else has ended who will soon.
    static Optional<RepositoryLock> await(AsOwner asOwner, Path directory)
            throws InterruptedException {
        return take(asOwner, directory, "--timeout=" + SOON.toSeconds());
    }

    private static Optional<RepositoryLock> take(AsOwner asOwner, Path directory, String waiting)
            throws InterruptedException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            asOwner.must("mkdir", "-p", "-m", "700", directory.toString());
        }
        List<String> holding =
                List.of("flock", waiting, "--no-fork", "--conflict-exit-code=" + TAKEN);
        var program = new ArrayList<>(holding);
        program.addAll(List.of(directory.toString(), AsOwner.located("cat")));
        OwnedProcess holder = asOwner.command(AsOwner.Life.OURS, Map.of(), program).start();
        if (answers(holder)) {
            return Optional.of(new RepositoryLock(holder));
        }
        OptionalInt status;
        // Also when we are interrupted: it would keep the lock as long as this process lives.
        try (holder) {
            status = holder.awaitExit(LIMIT);
        }
        if (!status.equals(OptionalInt.of(TAKEN))) {
            throw UserError.failed(
                    "the project's git directory cannot be locked: "
                            + Printable.of(directory.toString()),
                    "ls -ld "
                            + ShellWord.quote(directory.resolveSibling(".").normalize().toString())
                            + " "
                            + ShellWord.quote(directory.toString()));
        }
        return Optional.empty();
    }

    /// It says what it hears, but only once it has the lock.
    private static boolean answers(OwnedProcess holder) {
        try {
            holder.input().write(SIGN);
            holder.input().flush();
        } catch (IOException itHasEnded) {
            return false;
        }
        boolean _ = Patience.until(LIMIT, () -> hasSpoken(holder) || !holder.isAlive());
        return hasSpoken(holder);
    }

    private static boolean hasSpoken(OwnedProcess holder) {
        try {
            return holder.output().available() > 0;
        } catch (IOException closed) {
            return false;
        }
    }

    @Override
    public void close() {
        holder.close();
    }
}
