package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keystone.agent.model.UserError;
import keystone.agent.process.Posix;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.ProcessTable;
import keystone.agent.process.ProcessTable.Marked;
import keystone.agent.process.Signal;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.RunDir;

/// What a run that ended badly may have left: processes that carry its mark, and its run directory.
///
/// Whoever clears leftovers knows that no supervisor lives, by holding its lock or by being it.
///
/// Anybody can give a process of theirs our mark, also the owner of a project that root works in.
/// So a process with the mark counts only when one of our own user gave it the mark, or when it is
/// in a session that this run's machine or shares were begun in: nobody gets into a session from
/// outside.
public final class Leftovers {
    /// Within this time all processes of a sandbox are gone, or we say which one is not.
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Leftovers() {}

    /// Written down as soon as there is one, for whoever clears up after us.
    static void rememberSession(RunDir run, long session) {
        String all =
                Stream.concat(sessions(run).stream(), Stream.of(Long.toString(session)))
                        .collect(Collectors.joining(" "));
        PrivateFiles.replace(run.session(), all + " " + ProcessIdentity.currentBootId() + "\n");
    }

    /// The processes of a run.
    ///
    /// @param children all with [ProcessTable#CHILD_MARK]
    public static List<Marked> of(RunDir run, List<Marked> children) {
        List<Marked> marked =
                children.stream()
                        .filter(each -> each.mark().equals(run.path().toString()))
                        .toList();
        if (marked.isEmpty()) {
            return marked;
        }
        List<String> sessions = sessions(run);
        return marked.stream()
                .filter(each -> each.isOurs() || sessions.contains(each.session() + ""))
                .toList();
    }

    private static List<Marked> of(RunDir run) {
        return of(run, ProcessTable.marked(ProcessTable.CHILD_MARK));
    }

    /// Empty when there was none in this boot of the host.
    private static List<String> sessions(RunDir run) {
        try {
            List<String> words = List.of(Files.readString(run.session()).strip().split(" ", -1));
            boolean now = words.getLast().equals(ProcessIdentity.currentBootId());
            return now ? words.subList(0, words.size() - 1) : List.of();
        } catch (IOException none) {
            return List.of();
        }
    }

    /// Ends the processes, verifies that they are gone, and removes the run directory.
    public static void clear(RunDir run) throws InterruptedException {
        endProcesses(run);
        BootConfig.sweep(run);
        PrivateFiles.deleteTree(run.path());
    }

    /// Ends what carries the mark, whoever its parent is, and verifies that it is gone.
    static void endProcesses(RunDir run) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        List<Marked> left = of(run);
        // A process may fork while it is being looked for: look again until none is found.
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            left.forEach(process -> Posix.signal(process.identity(), Signal.KILL));
            for (Marked process : left) {
                awaitEnd(process, deadline);
            }
            left = of(run);
        }
        if (left.isEmpty()) {
            return;
        }
        Marked survivor = left.getFirst();
        throw new UserError(
                UserError.Kind.FAILED,
                "`%s` (pid %d) of this sandbox cannot be ended"
                        .formatted(survivor.program(), survivor.identity().pid()),
                "look at it with: ps -o pid,stat,wchan,cmd -p " + survivor.identity().pid());
    }

    private static void awaitEnd(Marked process, long deadline) throws InterruptedException {
        var handle = ProcessHandle.of(process.identity().pid());
        if (handle.isEmpty()) {
            return;
        }
        try {
            handle.get().onExit().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException stillThere) {
            // The caller looks again and reports it.
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }
}
