package keystone.agent.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

/// The providers' servers as a sandbox may see them here: a proxy of the host's, behind which every
/// name is a server of the test's with TLS and a certificate for that name.
final class TlsWorld implements AutoCloseable {
    private static final String TO_ANOTHER = "/to-another";
    private static final String COMMIT = "2b7d9fcb2ee0b1d4cf4f7e2ba9c5bd4e5a0f0c11";

    private final ServerSocket listening;
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

    private TlsWorld(ServerSocket listening) {
        this.listening = listening;
    }

    static TlsWorld open() throws IOException {
        var world = new TlsWorld(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon().name("world with TLS").start(world::serveToTheEnd);
        return world;
    }

    private void serveToTheEnd() {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            List<String> head = head(client.getInputStream());
            String server = head.getFirst().split(" ", -1)[1].replaceFirst(":443$", "");
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
            SSLContext context = authority.contextFor(new HostName(server));
            try (SSLSocket inside =
                    (SSLSocket) context.getSocketFactory().createSocket(client, null, true)) {
                inside.setUseClientMode(false);
                converse(server, inside);
            }
        } catch (IOException | RuntimeException gone) {
            // Its own choice.
        }
    }

    private void converse(String server, SSLSocket inside) throws IOException {
        List<String> head = head(inside.getInputStream());
        var request = new Asked(server, head.getFirst(), head.subList(1, head.size()));
        asked.add(request);
        byte[] answer = answer(request).getBytes(ISO_8859_1);
        OutputStream out = inside.getOutputStream();
        out.write(answer);
        out.flush();
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

    /// For the host's variables.
    String proxy() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /// Writes what the host has to trust.
    Path bundle(Path file) throws IOException {
        return Files.writeString(file, authority.pem());
    }

    /// What a server has been asked, the newest at the end.
    List<Asked> asked(String server) {
        return asked.stream().filter(each -> each.server().equals(server)).toList();
    }

    Asked lastAsked(String server) {
        List<Asked> all = asked(server);
        if (all.isEmpty()) {
            throw new AssertionError("nobody has asked " + server);
        }
        return all.getLast();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
