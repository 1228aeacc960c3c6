package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import keystone.agent.guest.GuestRepository.Followed;
import keystone.agent.model.SandboxSpec;
import keystone.agent.process.Owned;
import keystone.agent.store.SandboxDir;
import org.jspecify.annotations.Nullable;

/// Carries what is committed on this host into a running guest that has a git directory of its own,
/// and sees to it that the project's stays out of its reach.
///
/// A look each second is a few looks at the file system. Only when something has changed, and then
/// has not for a second, is git run: a rebase changes much in a row.
final class GitWatch implements Owned.Ending {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(10);
    private static final Duration END = Duration.ofSeconds(5);

    /// Ends the sentence "its virtual machine …", which the supervisor begins.
    private static final String EXCHANGED =
            "was stopped: somebody has exchanged or removed the project's .git, and what is there"
                    + " now would not be out of the guest's reach";

    private static final String UNCOVERED =
            "was stopped: the project has a new submodule, `%s`, whose .git would not be out of the"
                    + " guest's reach before the next start";

    private final GitAccess git;
    private final SandboxDir dir;
    private final Path place;
    private final SupervisorLog log;
    private final Consumer<String> exposed;
    private final CountDownLatch over = new CountDownLatch(1);
    private final LastWords sentences = new LastWords();
    private final LastWords failures = new LastWords();
    private final @Nullable Object guarded;

    private String told;
    private String seen;
    private String index = "";
    private long notBefore = System.nanoTime();

    private GitWatch(
            Live up,
            SandboxSpec spec,
            SandboxDir dir,
            SupervisorLog log,
            Consumer<String> exposed) {
        this.git = up.git();
        this.dir = dir;
        this.place = spec.project().resolve(".git");
        this.log = log;
        this.exposed = exposed;
        this.told = up.footprint();
        this.seen = up.footprint();
        this.guarded = identity();
    }

    /// Watches until it is closed.
    ///
    /// @param exposed hears why the guest must not go on
    static Owned.Ending start(
            Live up,
            SandboxSpec spec,
            SandboxDir dir,
            SupervisorLog log,
            Consumer<String> exposed) {
        if (up.git() instanceof GitAccess.Direct) {
            return () -> {};
        }
        var watch = new GitWatch(up, spec, dir, log, exposed);
        Thread thread = Thread.ofVirtual().name("watching git").start(watch::watch);
        return () -> {
            watch.close();
            thread.interrupt();
            join(thread);
        };
    }

    private static void join(Thread thread) {
        try {
            boolean _ = thread.join(END);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over.countDown();
    }

    private void watch() {
        try {
            while (!over.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                Object now = identity();
                if (git.coversProjects() && (guarded == null || !guarded.equals(now))) {
                    exposed.accept(EXCHANGED);
                    return;
                }
                if (isExposed()) {
                    return;
                }
                look();
            }
        } catch (InterruptedException closed) {
            // Whoever closes it has no more use for it.
        }
    }

    /// The kernel keeps the cover where it was mounted; what takes the place of that has none.
    private @Nullable Object identity() {
        try {
            return Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException gone) {
            return null;
        }
    }

    /// At once: the guest may be waiting for it.
    private boolean isExposed() throws InterruptedException {
        String now = git.indexFootprint();
        if (now.equals(index)) {
            return false;
        }
        index = now;
        try {
            Optional<String> uncovered = git.uncovered();
            uncovered.map(UNCOVERED::formatted).ifPresent(exposed);
            return uncovered.isPresent();
        } catch (RuntimeException failure) {
            if (!failures.unsaid(List.of(String.valueOf(failure.getMessage()))).isEmpty()) {
                log.failure("the project's submodules could not be looked for", failure);
            }
            return false;
        }
    }

    private void look() throws InterruptedException {
        String now = git.footprint();
        boolean isQuiet = now.equals(seen);
        seen = now;
        if (isQuiet && !now.equals(told) && System.nanoTime() - notBefore >= 0) {
            told = tell() ? now : told;
        }
    }

    private boolean tell() throws InterruptedException {
        try {
            GitAccess.Told told = git.follow(dir.name(), dir.run().sshConfig());
            sentences.unsaid(told.sentences()).forEach(log::line);
            if (told.kind() == Followed.Kind.DONE) {
                return true;
            }
        } catch (RuntimeException failure) {
            if (!failures.unsaid(List.of(String.valueOf(failure.getMessage()))).isEmpty()) {
                log.failure("the guest could not be told of this host's branches", failure);
            }
        }
        notBefore = System.nanoTime() + AFTER_A_FAILURE.toNanos();
        return false;
    }
}
