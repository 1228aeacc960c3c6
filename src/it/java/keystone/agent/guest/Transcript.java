package keystone.agent.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/// Everything a stream has brought so far, for tests that wait for some of it.
final class Transcript {
    private final StringBuilder text = new StringBuilder();
    private boolean ended;

    Transcript(InputStream stream) {
        Thread.ofPlatform().daemon().name("transcript").start(() -> read(stream));
    }

    private void read(InputStream stream) {
        var chunk = new byte[4 << 10];
        try {
            for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
                add(new String(chunk, 0, n, StandardCharsets.UTF_8));
            }
        } catch (IOException closed) {
            // Its end.
        }
        end();
    }

    private synchronized void add(String more) {
        text.append(more);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized String text() {
        return text.toString();
    }

    /// Waits for something that the pattern matches, from the beginning on.
    synchronized void await(String pattern) throws InterruptedException {
        Pattern wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + TestGuest.LIMIT.toNanos();
        while (!wanted.matcher(text).find()) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (ended || left <= 0) {
                throw new AssertionError("never came: " + pattern + "\nbut:\n" + text);
            }
            wait(left);
        }
    }
}
