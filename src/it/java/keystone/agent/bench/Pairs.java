package keystone.agent.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Two ways to do one thing, measured in turns (A B A B …), so that a machine that becomes slower
/// or faster meanwhile does so to both.
///
/// @param ours and `bare` hold a duration for each turn
record Pairs(List<Duration> ours, List<Duration> bare) {
    /// Something that takes the time it takes.
    @FunctionalInterface
    interface Job {
        Duration run() throws Exception;
    }

    Pairs {
        ours = List.copyOf(ours);
        bare = List.copyOf(bare);
    }

    /// One turn more than asked for: the first warms the disk's cache and is not counted.
    static Pairs measure(int turns, Job ours, Job bare) throws Exception {
        var first = new ArrayList<Duration>();
        var second = new ArrayList<Duration>();
        for (int turn = 0; turn <= turns; turn++) {
            first.add(ours.run());
            second.add(bare.run());
        }
        return new Pairs(first.subList(1, turns + 1), second.subList(1, turns + 1));
    }

    double ratio() {
        return (double) median(ours).toNanos() / median(bare).toNanos();
    }

    Duration difference() {
        return median(ours).minus(median(bare));
    }

    Duration ourMedian() {
        return median(ours);
    }

    Duration bareMedian() {
        return median(bare);
    }

    private static Duration median(List<Duration> durations) {
        var sorted = new ArrayList<>(durations);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
    }
}
