package keystone.agent.egress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// An answer of ours, in the place of a server's: for programs in its status, for people in its
/// words. Many programs show only the first line, so everything stands there, too.
final class HttpAnswer {
    static final int FORBIDDEN = 403;
    static final int BAD_GATEWAY = 502;
    static final int BUSY = 503;
    static final byte[] CONNECTED =
            "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private HttpAnswer() {}

    /// Says it, and gives whoever hears it the time to.
    static void give(Exchange exchange, int status, String problem, String fix) throws IOException {
        exchange.guest().write(bytes(status, problem, fix));
        leave(exchange);
    }

    /// The whole of it, after which the connection ends.
    static byte[] bytes(int status, String problem, String fix) {
        String body = "error: " + problem + "\n" + (fix.isEmpty() ? "" : "fix:   " + fix + "\n");
        String head =
                """
                HTTP/1.1 %d keystone-agent: %s%s
                Content-Type: text/plain; charset=utf-8
                Content-Length: %d
                %sConnection: close

                """
                        .formatted(
                                status,
                                problem,
                                fix.isEmpty() ? "" : "; on the host: " + fix,
                                body.length(),
                                status == BUSY ? "Retry-After: 10\n" : "")
                        .replace("\n", "\r\n");
        // Both hold nothing but ASCII: host names are, and so are our words.
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    /// Ends our side, and waits a moment for the other's.
    static void leave(Exchange exchange) throws IOException {
        exchange.guest().finish();
        exchange.allow(LAST_WORDS);
        exchange.guest().drain();
    }
}
