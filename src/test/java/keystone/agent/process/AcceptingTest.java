package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AcceptingTest {
    @Test
    void neither_a_connection_that_cannot_be_taken_nor_one_that_cannot_be_served_ends_it()
            throws Exception {
        var tries = new AtomicInteger();
        List<Integer> served = new ArrayList<>();
        try (SocketChannel channel = SocketChannel.open()) {
            Accepting.toTheEnd(
                    () -> served.size() < 2,
                    () -> {
                        if (tries.incrementAndGet() == 1) {
                            throw new IOException("Too many open files");
                        }
                        return channel;
                    },
                    _ -> {
                        if (tries.get() == 2) {
                            throw new IOException("cannot be closed");
                        }
                        served.add(tries.get());
                    });
        }

        assertThat(served).containsExactly(3, 4);
    }
}
