package keystone.agent.supervisor;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    private final Setback setback;
    private final CountDownLatch ready = new CountDownLatch(1);
    private int stepsSaid;

    Console(
            SandboxName name,
            String nonce,
            ConsoleLog log,
            Consumer<String> steps,
            Setback setback) {
        this.name = name;
        this.nonce = nonce;
        this.log = log;
        this.steps = steps;
        this.setback = setback;
    }

    void line(String line) {
        log.line(line);
        int at = line.indexOf("keystone: ");
        if (ready.getCount() == 0 || at < 0) {
            return;
        }
        // The kernel may have left an unfinished line of its own before ours.
        String said = line.substring(at).stripTrailing();
        if (said.startsWith(STEP) && ++stepsSaid <= MOST_STEPS) {
            steps.accept(shown(said.substring(STEP.length())));
        } else if (said.equals(READY + nonce)) {
            ready.countDown();
        } else if (said.startsWith(FAILED)) {
            String why = shown(said.substring(FAILED.length()));
            setback.because(
                    UserError.failed("the guest could not start: " + why, seeTheConsole(name)));
        }
    }

    private static String shown(String text) {
        return Printable.of(
                text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) : text);
    }

    /// The command that shows what the guest said.
    static String seeTheConsole(SandboxName name) {
        return "keystone-agent logs " + name + " --source console";
    }

    void awaitReady(Duration limit) throws InterruptedException {
        if (!ready.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw UserError.timedOut(
                    "the guest was not ready within " + limit.toSeconds() + " s",
                    seeTheConsole(name));
        }
    }
}
