package keystone.agent.ports;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.model.PortNews;

/// What was said of the ports, for whoever follows it and for a log. Of a guest whose ports come
/// and go all the time, the log gets only so much. Thread-safe.
final class Said {
    private static final int MOST_KEPT = 256;
    private static final int MOST_AT_ONCE = 100;
    private static final Duration ONE_MORE_EVERY = Duration.ofSeconds(1);
    private static final String TOO_QUICK = "ports come and go too quickly: not all is told here";

    private final Consumer<String> log;
    private final ArrayDeque<String> newest = new ArrayDeque<>();
    private long count;
    private long left = MOST_AT_ONCE;
    private long filled = System.nanoTime();
    private boolean closed;

    Said(Consumer<String> log) {
        this.log = log;
    }

    void say(List<String> sentences) {
        toLog(sentences).forEach(log);
    }

    private synchronized List<String> toLog(List<String> sentences) {
        for (String sentence : sentences) {
            newest.addLast(sentence);
            if (newest.size() > MOST_KEPT) {
                newest.removeFirst();
            }
            count++;
        }
        notifyAll();
        return affordable(sentences);
    }

    private List<String> affordable(List<String> sentences) {
        long more = (System.nanoTime() - filled) / ONE_MORE_EVERY.toNanos();
        filled += more * ONE_MORE_EVERY.toNanos();
        long before = left;
        left = Math.min(MOST_AT_ONCE, left + more);
        var told = new ArrayList<>(sentences.subList(0, (int) Math.min(left, sentences.size())));
        left -= told.size();
        if (told.size() < sentences.size() && before > 0) {
            told.add(TOO_QUICK);
        }
        return told;
    }

    /// What has been said after the first `known` sentences; waits for one.
    ///
    /// @param known negative for no interest in what was said before
    PortNews after(long known, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (this) {
            for (long wait = limit.toNanos();
                    known >= 0 && count <= known && !closed && wait > 0;
                    wait = end - System.nanoTime()) {
                wait(Math.ceilDiv(wait, 1_000_000L));
            }
            long missing = known < 0 ? 0 : Math.clamp(count - known, 0, newest.size());
            var sentences = new ArrayList<>(newest);
            return new PortNews(
                    closed ? -1 : count,
                    sentences.subList(sentences.size() - (int) missing, sentences.size()));
        }
    }

    /// Whoever waits, waits no longer.
    synchronized void end() {
        closed = true;
        notifyAll();
    }
}
