package keystone.agent.it;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Numbers for what listens only some time after its number was chosen.
public final class FreePort {
    /// Below those that the kernel gives to whoever asks for any, of which other tests take
    /// hundreds meanwhile (ip(7), `ip_local_port_range`), and above those that tests have in mind.
    private static final int FIRST = 25_100;

    private static final int END = 29_900;
    private static final int ATTEMPTS = 100;

    private FreePort() {}

    /// One on which nobody listens now, whatever the address.
    public static int number() throws IOException {
        IOException last = new IOException("not tried");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int number = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (var _ = new ServerSocket(number)) {
                return number;
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw last;
    }
}
