package keystone.agent.egress;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import keystone.agent.process.Patience;

/// Takes one connection after another. One that fails, as when this process has no descriptor left
/// for a moment, is not the end of all others.
final class Accepting {
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    private Accepting() {}

    /// Where connections come from.
    interface Source {
        SocketChannel next() throws IOException;
    }

    /// What is done with each.
    interface Taking {
        void take(SocketChannel channel) throws IOException;
    }

    /// Returns when it is no longer open.
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
