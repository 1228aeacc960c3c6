package keystone.agent.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import keystone.agent.model.EgressMode;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.PlaceholderShape;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretPlace;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Companion;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.process.Owned;
import org.jspecify.annotations.Nullable;

/// A proxy that puts a secret in for `api.example.org`, real servers with TLS for that host and for
/// others, and guests that trust the sandbox's authority.
final class SecretScene implements AutoCloseable {
    static final String VALUE = "canary-value-4d1f0a77b2c94e5f8a60";
    static final String HOST = "api.example.org";
    static final String OTHER = "other.example.org";
    private static final Authority WORLD =
            new Authority(new SandboxName("world"), InstantSource.system());
    static final SecretName NAME = SourceScene.NAME;

    final SourceScene sources;
    final ScriptedNames names = new ScriptedNames();
    /// Who vouches for the servers; one for all tests, as making it takes a moment.
    final Authority world = WORLD;

    /// The heads of requests as servers have got them.
    final List<String> heads = new CopyOnWriteArrayList<>();

    volatile Conversation api = (_, out, _) -> answer(out, "hello");
    final Limits limits;
    final int port;
    final int otherPort;
    final Secrets secrets;
    final Path log;
    final EgressLog egressLog;
    private final Path socket;
    private final Owned owned = new Owned();

    /// What a server does with a request whose head it has read.
    @FunctionalInterface
    interface Conversation {
        void hold(InputStream in, OutputStream out, String head) throws IOException;
    }

    SecretScene(Path directory) {
        this(directory, new Limits(64, 8 << 10, seconds(5), seconds(5), seconds(20)), HOST);
    }

    /// @param certified whom the server's certificate names
    SecretScene(Path directory, Limits limits, String certified) {
        this(directory, limits, certified, null);
    }

    /// @param instead a server in the place of that for `api.example.org`
    SecretScene(Path directory, Limits limits, String certified, @Nullable ServerSocket instead) {
        this.sources = new SourceScene(directory);
        this.limits = limits;
        int usual = server(HOST, certified, (in, out, head) -> api.hold(in, out, head));
        this.port = instead == null ? usual : instead.getLocalPort();
        this.otherPort = server(OTHER, OTHER, (_, out, _) -> answer(out, "other"));
        sources.environment.put("KEY", VALUE);
        var secret =
                new SecretRef(
                        NAME,
                        List.of(
                                new SecretSource.LogIn(SecretSource.Agent.CLAUDE),
                                new SecretSource.Stored(),
                                new SecretSource.Variable("KEY")),
                        Encoding.PLAIN,
                        List.of(HostPattern.parse(HOST + ":" + port)),
                        List.of(
                                SecretPlace.header("X-Api-Key"),
                                SecretPlace.bearer(),
                                new SecretPlace.Basic(),
                                new SecretPlace.Query("key")),
                        new Companion("X-Beta", "oauth-1"),
                        new PlaceholderShape("sk-ant-", 60));
        this.secrets =
                new Secrets(
                        new Secrets.Run(new SandboxName("blue"), Map.of(), new Redactor()),
                        List.of(secret),
                        sources.reader(),
                        sources.clock,
                        () -> List.of(world.certificate()));
        this.socket = directory.resolve("p.sock");
        this.log = directory.resolve("egress.jsonl");
        var gate =
                new Gate(
                        new SandboxName("blue"),
                        EgressPolicy.of(EgressMode.OPEN),
                        Upstream.NONE,
                        names,
                        address ->
                                address.isLoopbackAddress()
                                        ? Optional.empty()
                                        : new PublicAddresses(List::of).objection(address));
        this.egressLog = owned.own(EgressLog.open(log));
        owned.own(
                EgressProxy.open(
                        socket, gate, egressLog, InstantSource.system(), limits, secrets.tunnel()));
    }

    static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    static SSLContext trusting(X509Certificate authority) {
        try {
            return HostTrust.trusting(List.of(authority));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String placeholder() {
        return Stream.of(secrets.allPlaceholders().get(NAME)).findFirst().orElseThrow() + "";
    }

    private int server(String name, String certified, Conversation conversation) {
        names.with(name, "127.0.0.1");
        try {
            var listening =
                    (SSLServerSocket)
                            world.contextFor(new HostName(certified))
                                    .getServerSocketFactory()
                                    .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
            SSLParameters parameters = listening.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            listening.setSSLParameters(parameters);
            owned.own(() -> close(listening));
            Thread.ofVirtual().start(() -> accept(listening, conversation));
            return listening.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(SSLServerSocket listening) {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(SSLServerSocket listening, Conversation conversation) {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> converse((SSLSocket) client, conversation));
            }
        } catch (IOException closed) {
            // The scene is over.
        }
    }

    private void converse(SSLSocket client, Conversation conversation) {
        try (client) {
            InputStream in = client.getInputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                heads.add(head);
                conversation.hold(in, client.getOutputStream(), head);
                if (head.toLowerCase(Locale.ROOT).contains("connection: close")) {
                    return;
                }
            }
        } catch (IOException gone) {
            // The other side is the one under test.
        }
    }

    /// To its empty line; what came when it ends before that.
    static String head(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /// Line feeds become CR and LF.
    static void send(OutputStream out, String text) throws IOException {
        sendExactly(out, text.replace("\n", "\r\n"));
    }

    static void sendExactly(OutputStream out, String bytes) throws IOException {
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    static void answer(OutputStream out, String body) throws IOException {
        send(out, "HTTP/1.1 200 OK\nContent-Length: " + body.length() + "\n\n" + body);
    }

    /// A guest's program, with TLS to that host through the proxy.
    Guest guest(String host, int toPort) throws IOException {
        return guest(host, toPort, host);
    }

    Guest guest() throws IOException {
        return guest(HOST, port);
    }

    /// @param named in TLS
    Guest guest(String host, int toPort, String named) throws IOException {
        RawClient raw = owned.own(RawClient.to(socket)).tunnelTo(host, toPort);
        SSLContext trust =
                trusting(
                        host.equals(HOST) && named.equals(HOST)
                                ? secrets.authority().certificate()
                                : world.certificate());
        return new Guest(
                TlsEnd.asking(
                        trust,
                        new Target(new HostName(named), toPort),
                        new Line(raw.channel, () -> {}),
                        Spoken.HTTP_1));
    }

    RawClient raw() {
        return owned.own(RawClient.to(socket));
    }

    /// One program inside.
    record Guest(TlsEnd end) {
        /// Line feeds become CR and LF.
        Guest send(String text) throws IOException {
            return sendExactly(text.replace("\n", "\r\n"));
        }

        Guest sendExactly(String bytes) throws IOException {
            end.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            end.flush();
            return this;
        }

        String head() throws IOException {
            var text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                int next = end.read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            return text.toString();
        }

        String exactly(int length) throws IOException {
            var text = new StringBuilder();
            while (text.length() < length) {
                int next = end.read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            return text.toString();
        }

        /// Everything to the end; what came before it was cut off, when it was.
        String all() {
            var bytes = new ByteArrayOutputStream();
            try {
                for (int next = end.read(); next >= 0; next = end.read()) {
                    bytes.write(next);
                }
            } catch (IOException reset) {
                return bytes.toString(StandardCharsets.ISO_8859_1) + "<cut off>";
            }
            return bytes.toString(StandardCharsets.ISO_8859_1)
                    + (end.isCutOff() ? "<cut off>" : "");
        }
    }

    /// What the server got and the guest was answered, of one request.
    String exchange(String request) throws IOException {
        return guest().send(request).all();
    }

    String logged() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        owned.close();
        sources.close();
    }
}
