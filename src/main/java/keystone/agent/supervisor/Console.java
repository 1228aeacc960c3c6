package keystone.agent.supervisor;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;

/// What the guest says on its console while it comes up: `keystone: step NAME`, then
/// `keystone: ready NONCE` or `keystone: failed REASON`.
///
/// A line is believed only when it carries this boot's nonce; a guest can at most lie about itself.
final class Console {
    /// A guest has about ten; more of them come from one that wants to flood whoever watches.
    private static final int MOST_STEPS = 32;

    private static final int LONGEST_SHOWN = 200;
    private static final String STEP = "keystone: step ";
    private static final String READY = "keystone: ready ";
    private static final String FAILED = "keystone: failed ";

    private final SandboxName name;
    private final String nonce;
    private final ConsoleLog log;
    private final Consumer<String> steps;
    private int stepsSaid;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    Console(SandboxName name, String nonce, ConsoleLog log, Consumer<String> steps) {
        this.name = name;
        this.nonce = nonce;
        this.log = log;
        this.steps = steps;
    }

    void line(String line) {
        log.line(line);
        int at = line.indexOf("keystone: ");
        if (ready.isDone() || at < 0) {
            return;
        }
        // The kernel may have left an unfinished line of its own before ours.
        String said = line.substring(at).stripTrailing();
        if (said.startsWith(STEP) && ++stepsSaid <= MOST_STEPS) {
            steps.accept(shown(said.substring(STEP.length())));
        } else if (said.equals(READY + nonce)) {
            ready.complete(true);
        } else if (said.startsWith(FAILED)) {
            fail("the guest could not start: " + shown(said.substring(FAILED.length())));
        }
    }

    private static String shown(String text) {
        return Printable.of(
                text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) : text);
    }

    /// The machine is gone: nothing more will be said.
    void ended(String how) {
        fail("the virtual machine " + how + " before the guest was ready");
    }

    /// One of the directories that the guest needs is not served any more.
    void shareEnded(String how) {
        ready.completeExceptionally(UserError.failed(how, "keystone-agent start --name " + name));
    }

    /// The guest was paused, because what it writes finds no room on this host.
    void stalled() {
        ready.completeExceptionally(
                UserError.failed(
                        "this host's disk is full: the guest cannot write to its own",
                        "make room: keystone-agent prune, keystone-agent image rm --unused, or set"
                                + " XDG_STATE_HOME to another disk"));
    }

    private void fail(String problem) {
        ready.completeExceptionally(UserError.failed(problem, seeTheConsole()));
    }

    private String seeTheConsole() {
        return "keystone-agent logs " + name + " --source console";
    }

    void awaitReady(Duration limit) throws InterruptedException {
        try {
            ready.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            throw new UserError(
                    UserError.Kind.TIMED_OUT,
                    "the guest was not ready within " + limit.toSeconds() + " s",
                    seeTheConsole(),
                    silent);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof UserError error
                    ? error
                    : new IllegalStateException(failed);
        }
    }
}
