package keystone.agent.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/// A running child, and through its process group everything that it started.
///
/// Each child has a platform thread that forks it and waits for it. The kernel's parent-death
/// signal belongs to the forking *thread*, so that thread must live as long as the child: a virtual
/// thread's carrier, or a pool's, may end earlier and would kill the child with it.
///
/// Closing ends it: TERM to the group, KILL to the group after [#GRACE]. Once the child has ended,
/// its number may be anybody's: what it left is then signalled only as [LeftGroup] permits.
/// Thread-safe.
public final class OwnedProcess implements Owned.Ending {
    /// How long a child may take to end by itself once it was asked to.
    static final Duration GRACE = Duration.ofSeconds(3);

    private static final Duration DEATH = Duration.ofSeconds(5);

    enum Streams {
        PIPES,
        INHERITED
    }

    private final Command command;
    private final Process process;
    private final CompletableFuture<Exit> exit;

    private record Exit(int status, LeftGroup left) {}

    private OwnedProcess(Command command, Process process, CompletableFuture<Exit> exit) {
        this.command = command;
        this.process = process;
        this.exit = exit;
    }

    static OwnedProcess start(Command command, Streams streams) {
        var started = new CompletableFuture<Process>();
        var exit = new CompletableFuture<Exit>();
        Thread.ofPlatform()
                .name("owner of " + command.program())
                .daemon()
                .start(() -> forkAndWait(command, streams, started, exit));
        try {
            return new OwnedProcess(command, started.join(), exit);
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException before) {
                throw before;
            }
            throw Programs.notStarted(command, failed.getCause());
        }
    }

    private static void forkAndWait(
            Command command,
            Streams streams,
            CompletableFuture<Process> started,
            CompletableFuture<Exit> exit) {
        try {
            Process process = builder(command, streams).start();
            started.complete(process);
            int status = process.waitFor();
            exit.complete(new Exit(status, LeftGroup.of(process.pid())));
        } catch (IOException | RuntimeException | Error notStarted) {
            // Whatever it is: somebody waits for this thread's word.
            started.completeExceptionally(notStarted);
            exit.completeExceptionally(notStarted);
        } catch (InterruptedException nobodyInterruptsThisThread) {
            exit.completeExceptionally(nobodyInterruptsThisThread);
        }
    }

    /// Every program by its whole path: the JDK would look in the current directory, too, when
    /// `PATH` names it, and that is the project.
    static ProcessBuilder builder(Command command, Streams streams) throws IOException {
        var arguments = new ArrayList<String>();
        arguments.add(Programs.find("setsid").toString());
        arguments.add(Programs.find("setpriv").toString());
        arguments.addAll(List.of("--pdeathsig", "KILL", "--"));
        arguments.add(Programs.find(command.program()).toString());
        arguments.addAll(command.arguments().subList(1, command.arguments().size()));
        var builder = new ProcessBuilder(arguments);
        applyEnvironment(command, builder);
        if (command.directory() != null) {
            builder.directory(command.directory().toFile());
        }
        return streams == Streams.INHERITED ? builder.inheritIO() : builder;
    }

    static void applyEnvironment(Command command, ProcessBuilder builder) {
        builder.environment().put("PATH", Programs.searchPath());
        command.environment()
                .forEach(
                        (name, value) -> {
                            if (value == null) {
                                builder.environment().remove(name);
                            } else {
                                builder.environment().put(name, value);
                            }
                        });
    }

    /// The child's process id, which is also its process group's and its session's.
    public long pid() {
        return process.pid();
    }

    public OutputStream input() {
        return process.getOutputStream();
    }

    public InputStream output() {
        return process.getInputStream();
    }

    public InputStream errors() {
        return process.getErrorStream();
    }

    public boolean isAlive() {
        return !exit.isDone();
    }

    /// Runs once the child has ended, with its exit status; at once when it already has.
    public void onExit(IntConsumer action) {
        var _ = exit.thenAccept(ended -> action.accept(ended.status()));
    }

    /// Its exit status (128 + the signal's number when killed), or empty when the limit passed
    /// first.
    public OptionalInt awaitExit(Duration limit) throws InterruptedException {
        try {
            return OptionalInt.of(exit.get(limit.toMillis(), TimeUnit.MILLISECONDS).status());
        } catch (TimeoutException stillRunning) {
            return OptionalInt.empty();
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    /// To the whole process group; nothing happens when nobody is left in it.
    public void signalGroup(Signal signal) {
        if (isAlive()) {
            Posix.killGroup(pid(), signal);
        } else {
            exit.join().left().signal(signal);
        }
    }

    /// Ends the child and everything in its process group, and returns when they are gone.
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        if (isAlive()) {
            signalGroup(Signal.TERM);
            boolean _ = ends(GRACE);
        }
        // The child may be gone while what it started is not.
        signalGroup(Signal.KILL);
        boolean gone = ends(DEATH) && Patience.until(DEATH, () -> !exit.join().left().lives());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!gone) {
            throw new IllegalStateException(
                    "`" + command.program() + "` (pid " + pid() + ") survived SIGKILL");
        }
    }

    private boolean ends(Duration limit) {
        try {
            return awaitExit(limit).isPresent();
        } catch (InterruptedException stop) {
            signalGroup(Signal.KILL);
            Thread.currentThread().interrupt();
            return !isAlive();
        }
    }
}
