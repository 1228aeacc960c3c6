package keystone.agent.jsonrpc;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The requests of the other side that still wait for our answer. Thread-safe.
final class Unanswered {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private int count;
    private long weight;

    /// One more, unless there are as many as there may be, or they weigh too much.
    ///
    /// @param its own weight
    boolean add(long its, int most, long heaviest) {
        lock.lock();
        try {
            if (count >= most || weight + its > heaviest) {
                return false;
            }
            count++;
            weight += its;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void remove(long its) {
        lock.lock();
        try {
            count--;
            weight -= its;
            if (count == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// False when the limit passed first.
    boolean awaitNone(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (count > 0) {
                if (left <= 0) {
                    return false;
                }
                left = none.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
