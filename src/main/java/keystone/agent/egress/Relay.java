package keystone.agent.egress;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Passes bytes both ways until both have ended. An end in one direction is passed on, and the
/// other goes on.
final class Relay {
    private final Exchange exchange;
    private final Line server;

    Relay(Exchange exchange, Line server) {
        this.exchange = exchange;
        this.server = server;
    }

    /// What goes from the guest to the server.
    @FunctionalInterface
    interface Outgoing {
        void pass(Line from, Line to) throws IOException, Malformed;
    }

    /// Everything, as it is.
    static void all(Line from, Line to) throws IOException {
        for (ByteBuffer some = from.some(); some.hasRemaining(); some = from.some()) {
            to.write(some);
        }
        to.finish();
    }

    /// Until both directions have ended.
    void run(Outgoing outgoing) throws InterruptedException {
        Thread sending = begin(outgoing);
        receive();
        sending.join();
    }

    /// Until the server has ended, whatever the guest still says.
    void runUntilAnswered(Outgoing outgoing) throws InterruptedException {
        Thread sending = begin(outgoing);
        receive();
        exchange.close();
        sending.join();
    }

    private Thread begin(Outgoing outgoing) {
        exchange.allowWhilePassing();
        return Thread.ofVirtual().name("egress, outwards").start(() -> send(outgoing));
    }

    private void receive() {
        try {
            all(server, exchange.guest());
        } catch (IOException ended) {
            exchange.close();
        }
    }

    private void send(Outgoing outgoing) {
        try {
            outgoing.pass(exchange.guest(), server);
        } catch (IOException | Malformed ended) {
            exchange.close();
        }
    }
}
