package keystone.agent;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Several threads that do the same in the same moment, as several commands may.
public final class AtOnce {
    private static final int LIMIT_SECONDS = 20;

    private AtOnce() {}

    /// Has each of them run together with the others, once in each round.
    ///
    /// @throws Exception what any of them threw
    public static void run(int rounds, Callable<?>... all) throws Exception {
        var together = new CyclicBarrier(all.length);
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(all.length)) {
            for (Callable<?> each : all) {
                running.add(
                        threads.submit(
                                () -> {
                                    for (int round = 0; round < rounds; round++) {
                                        int _ = together.await(LIMIT_SECONDS, TimeUnit.SECONDS);
                                        Object _ = each.call();
                                    }
                                    return null;
                                }));
            }
            for (Future<?> each : running) {
                Object _ = each.get();
            }
        }
    }
}
