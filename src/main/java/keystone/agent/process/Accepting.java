package keystone.agent.process;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Takes one connection after another. One that fails, as when this process has no descriptor left
/// for a moment, is not the end of all others.
public final class Accepting {
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    private Accepting() {}

    /// Where connections come from.
    interface Source {
        SocketChannel next() throws IOException;
    }

    /// What is done with each.
    public interface Taking {
        void take(SocketChannel channel) throws IOException;
    }

    /// Returns when it is no longer open.
    public static void toTheEnd(ServerSocketChannel listening, Taking taking) {
        toTheEnd(listening::isOpen, listening::accept, taking);
    }

    /// The same of what only looks like one.
    static void toTheEnd(BooleanSupplier isOpen, Source source, Taking taking) {
        while (isOpen.getAsBoolean()) {
            try {
                taking.take(source.next());
            } catch (IOException failure) {
                boolean _ = Patience.until(AFTER_FAILURE, () -> !isOpen.getAsBoolean());
            }
        }
    }
}
