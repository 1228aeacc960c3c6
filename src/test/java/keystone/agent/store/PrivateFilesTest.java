package keystone.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateFilesTest {
    private static final int WRITERS = 4;

    @TempDir private Path top;

    @Test
    void several_replace_a_file_at_once_and_each_one_succeeds() throws Exception {
        Path file = top.resolve("ssh-connect");
        var together = new CyclicBarrier(WRITERS);
        var writers = new ArrayList<Future<?>>();

        try (var threads = Executors.newFixedThreadPool(WRITERS)) {
            for (int i = 0; i < WRITERS; i++) {
                String content = "line of " + i + "\n";
                writers.add(
                        threads.submit(
                                () -> {
                                    for (int round = 0; round < 25; round++) {
                                        together.await(10, TimeUnit.SECONDS);
                                        PrivateFiles.replace(file, content);
                                    }
                                    return null;
                                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }

        assertThat(file)
                .content()
                .isIn(IntStream.range(0, WRITERS).mapToObj(i -> "line of " + i + "\n").toList());
        assertThat(top.toFile().list()).containsExactly("ssh-connect");
    }
}
