package keystone.agent.machine.qemu;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import keystone.agent.machine.Machine;

/// Remembers what a machine told.
final class Recorder implements Machine.Listener {
    private static final Duration BOOT = Duration.ofMinutes(2);
    private static final int MOST_LINES = 1000;

    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch resumed = new CountDownLatch(1);
    final List<String> lines = new CopyOnWriteArrayList<>();
    final AtomicLong characters = new AtomicLong();
    final AtomicInteger longest = new AtomicInteger();
    volatile String death = "";

    @Override
    public void began(long session) {}

    @Override
    public void console(String line) {
        characters.addAndGet(line.length());
        longest.accumulateAndGet(line.length(), Math::max);
        if (lines.size() < MOST_LINES) {
            lines.add(line);
        }
        if (line.equals("keystone: ready " + TestMachine.NONCE)) {
            ready.countDown();
        }
    }

    @Override
    public void resumed() {
        resumed.countDown();
    }

    @Override
    public void held() {}

    @Override
    public void ended() {
        ended.countDown();
    }

    @Override
    public void died(String how) {
        death = how;
        ended.countDown();
    }

    void awaitReady() throws InterruptedException {
        if (!ready.await(BOOT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the guest was not ready: " + lines);
        }
    }

    boolean heardOfTheEnd() throws InterruptedException {
        return ended.await(10, TimeUnit.SECONDS);
    }

    boolean heardOfTheResumption() throws InterruptedException {
        return resumed.await(10, TimeUnit.SECONDS);
    }
}
