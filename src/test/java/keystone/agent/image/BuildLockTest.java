package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a second Java process, because the kernel gives these locks to processes.
class BuildLockTest {
    @TempDir Path temporary;

    /// Takes the lock, says so, and holds it until its input ends.
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (var _ = BuildLock.take(Path.of(arguments[0]), () -> {})) {
                System.out.println("locked");
                System.in.read();
            }
        }
    }

    @Test
    void a_free_lock_is_taken_at_once() throws Exception {
        var waited = new CountDownLatch(1);

        try (var _ = BuildLock.take(temporary.resolve(".lock"), waited::countDown)) {
            assertThat(waited.getCount()).isEqualTo(1);
        }
    }

    @Test
    void who_comes_second_is_told_and_waits_for_the_first() throws Exception {
        Path file = temporary.resolve(".lock");
        try (OwnedProcess first = holderOf(file)) {
            var told = new CountDownLatch(1);
            FutureTask<Void> second = takeAndLeave(file, told);
            assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(second.isDone()).isFalse();

            first.input().close();

            second.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_holder_that_is_killed_holds_nothing_up() throws Exception {
        Path file = temporary.resolve(".lock");
        try (OwnedProcess first = holderOf(file)) {
            var told = new CountDownLatch(1);
            FutureTask<Void> second = takeAndLeave(file, told);
            assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();

            first.signalGroup(Signal.KILL);

            second.get(20, TimeUnit.SECONDS);
        }
    }

    private static FutureTask<Void> takeAndLeave(Path file, CountDownLatch told) {
        var task =
                new FutureTask<Void>(
                        () -> {
                            BuildLock.take(file, told::countDown).close();
                            return null;
                        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static OwnedProcess holderOf(Path file) throws IOException, InterruptedException {
        OwnedProcess holder =
                Command.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Holder.class.getName(),
                                file.toString())
                        .start();
        var output = new InputStreamReader(holder.output(), StandardCharsets.UTF_8);
        String said = new BufferedReader(output).readLine();
        assertThat(said).as(() -> "exit " + exit(holder)).isEqualTo("locked");
        return holder;
    }

    private static String exit(OwnedProcess holder) {
        try {
            return holder.awaitExit(Duration.ofSeconds(5)).toString();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
