package keystone.agent.supervisor;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import keystone.agent.egress.EgressLog;
import keystone.agent.guest.ExecRequest;
import keystone.agent.guest.SessionToken;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.Task;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;

/// Tasks that work on this host, one command each after the other.
final class FakeWorkplace implements Workplace {
    /// Whether making a place takes until it is cut short.
    volatile boolean slow;

    final Semaphore preparing = new Semaphore(0);

    /// Bringing home takes until then.
    volatile CountDownLatch home = new CountDownLatch(0);

    final Semaphore bringing = new Semaphore(0);

    volatile Harvest harvest = Harvest.NONE;

    /// When its machine has ended.
    final CountDownLatch gone = new CountDownLatch(1);

    final Semaphore asking = new Semaphore(0);

    /// What is run, whatever was wanted; bash reads it when there is nothing any more.
    final Queue<List<String>> commands = new ArrayDeque<>();

    @Override
    public void require(AgentSpec agent) {}

    @Override
    public String base(AgentName agent) {
        return "0".repeat(40);
    }

    @Override
    public OwnedProcess start(ExecRequest request) {
        List<String> command = commands.poll();
        return Command.of(command == null ? List.of("bash") : command).start();
    }

    @Override
    public void prepare(Task task) throws InterruptedException {
        preparing.release();
        if (slow) {
            new CountDownLatch(1).await();
        }
    }

    @Override
    public List<String> furnish(Task task, List<Path> attached) {
        return List.of();
    }

    @Override
    public Owned.Ending listen(Instant since, EgressLog.Hearing hearing) {
        return () -> {};
    }

    @Override
    public void end(SessionToken token) {
        if (gone.getCount() == 0) {
            throw UserError.failed("connection refused", "none");
        }
    }

    @Override
    public boolean isGone() {
        asking.release();
        return gone.getCount() == 0;
    }

    @Override
    public void commit(Task task) {}

    @Override
    public Harvest harvest(Task task) throws InterruptedException {
        bringing.release();
        home.await();
        return harvest;
    }
}
