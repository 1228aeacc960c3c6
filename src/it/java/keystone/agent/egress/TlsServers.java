package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import keystone.agent.model.HostName;
import keystone.agent.model.SandboxName;

/// Servers with TLS, of which each has a certificate for the name that a tunnel was made to. They
/// know what they were asked.
final class TlsServers {
    private static final String TO_ANOTHER = "/to-another";
    private static final String COMMIT = "2b7d9fcb2ee0b1d4cf4f7e2ba9c5bd4e5a0f0c11";
    private static final int MOST_SURPLUS = 10_000;

    private final Authority authority =
            new Authority(new SandboxName("world"), InstantSource.system());
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /// What a server was asked.
    ///
    /// @param server whose name the tunnel was for
    record Asked(String server, String line, List<String> fields) {
        Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return fields.stream()
                    .filter(each -> each.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(each -> each.substring(start.length()).strip())
                    .findFirst();
        }

        boolean has(String word) {
            return line.contains(word) || fields.stream().anyMatch(each -> each.contains(word));
        }
    }

    /// Answers one request.
    ///
    /// @param server without a port when that is 443
    /// @param begun what has been read of the connection already
    void serve(String server, Socket client, byte[] begun) throws IOException {
        HostName name = HostName.parse(server.replaceFirst(":\\d+$", ""));
        SSLContext context = authority.contextFor(name);
        try (SSLSocket inside =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(client, new ByteArrayInputStream(begun), true)) {
            converse(server, inside);
        }
    }

    private void converse(String server, SSLSocket inside) throws IOException {
        List<String> head = head(inside.getInputStream());
        var request = new Asked(server, head.getFirst(), head.subList(1, head.size()));
        asked.add(request);
        OutputStream out = inside.getOutputStream();
        out.write(answer(request).getBytes(ISO_8859_1));
        out.flush();
        inside.shutdownOutput();
        inside.setSoTimeout(2_000);
        String surplus = rest(inside.getInputStream());
        if (!surplus.isEmpty()) {
            asked.add(new Asked(server, "and more: " + surplus, List.of()));
        }
    }

    /// What comes before the end, or until nothing has come for a while.
    private static String rest(InputStream in) throws IOException {
        var text = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (text.length() < MOST_SURPLUS) {
                    text.append((char) next);
                }
            }
        } catch (SocketTimeoutException enough) {
            // Whoever it is keeps the connection, and says nothing.
        }
        return text.toString();
    }

    /// A forge that is asked for its refs (the oldest protocol, as a web server of files has it), a
    /// server that sends on to another, and otherwise one that says who it is.
    private static String answer(Asked request) {
        if (request.line().contains("/info/refs")) {
            // git shows who it is when it is asked to.
            return request.header("authorization").isEmpty()
                    ? of("401 Unauthorized", "WWW-Authenticate: Basic realm=\"forge\"", "who?")
                    : ok(COMMIT + "\trefs/heads/main\n");
        }
        if (request.line().contains("/HEAD")) {
            return ok("ref: refs/heads/main\n");
        }
        if (request.line().contains(TO_ANOTHER)) {
            return of("302 Found", "Location: https://gitlab.com/elsewhere", "");
        }
        return ok("this is " + request.server() + "\n");
    }

    private static String ok(String body) {
        return of("200 OK", "Content-Type: text/plain", body);
    }

    private static String of(String status, String field, String body) {
        return """
               HTTP/1.1 %s
               %s
               Content-Length: %d
               Connection: close

               """
                        .formatted(status, field, body.length())
                        .replace("\n", "\r\n")
                + body;
    }

    private static List<String> head(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended");
            }
            text.append((char) next);
        }
        return text.toString().strip().lines().toList();
    }

    /// Writes what has to be trusted.
    Path bundle(Path file) throws IOException {
        return Files.writeString(file, authority.pem());
    }

    /// All, the newest at the end.
    List<Asked> asked() {
        return List.copyOf(asked);
    }
}
