package keystone.agent.egress;

import java.io.IOException;

/// The time between an answer and the next request, in which a server may end the connection: its
/// guest is told at once, so that it makes a new one.
final class IdleServer {
    private final Thread thread;
    private volatile boolean isOver;

    /// From now on.
    IdleServer(End guest, End server) {
        thread =
                Thread.ofVirtual().name("egress, an idle server").start(() -> await(guest, server));
    }

    /// What comes is left for whoever reads the next answer.
    private void await(End guest, End server) {
        try {
            var _ = server.some();
        } catch (IOException gone) {
            // Then it has ended, too.
        }
        if (!isOver) {
            guest.finish();
        }
    }

    /// A request has come.
    void end() {
        isOver = true;
    }

    /// Returns when nobody else reads what the server says.
    void join() throws InterruptedException {
        thread.join();
    }
}
