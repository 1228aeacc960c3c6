package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A client and a server of HTTP/2 that are not ours (Node's, on nghttp2), with everything that
/// such programs do: tables, coded texts, many requests at once, large bodies in both directions,
/// long heads, trailers.
@Timeout(120)
final class Http2ProgramsTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /// The system's own, for which the package is.
    private static final String PYTHON = "/usr/bin/python3";

    private static final Path GRPC = Path.of("/usr/lib/python3/dist-packages/grpc");

    private static final String SERVER =
            """
            const http2 = require('http2')
            const server = http2.createServer({ settings: { headerTableSize: 65536, maxFrameSize: 1 << 20 } })
            server.on('stream', (stream, head) => {
              let got = 0
              stream.on('data', some => got += some.length)
              stream.on('end', () => {
                stream.respond({ ':status': 200, 'you-said': head['x-api-key'], path: head[':path'],
                  got: String(got), long: 'l'.repeat(3000) }, { waitForTrailers: true })
                stream.on('wantTrailers', () => stream.sendTrailers({ sum: head[':path'] }))
                stream.end(Buffer.alloc(1 << 20, 'x'))
              })
            })
            server.listen(0, '127.0.0.1', () => console.log(server.address().port))
            """;

    private static final String CLIENT =
            """
            const http2 = require('http2'), net = require('net'), tls = require('tls'), fs = require('fs')
            const [socket, host, port, authority, key] = process.argv.slice(1)
            const raw = net.connect(socket)
            raw.write(`CONNECT ${host}:${port} HTTP/1.1\\r\\nHost: ${host}:${port}\\r\\n\\r\\n`)
            raw.once('data', () => {
              const session = http2.connect(`https://${host}:${port}`, {
                settings: { headerTableSize: 0 },
                createConnection: () => tls.connect({ socket: raw, servername: host,
                  ca: fs.readFileSync(authority), ALPNProtocols: ['h2'] }) })
              const one = i => new Promise((done, failed) => {
                const stream = session.request({ ':method': 'POST', ':path': '/' + i, 'x-api-key': key,
                  'x-long': 'm'.repeat(2000) })
                let head, sum, got = 0
                stream.on('response', h => head = h).on('trailers', h => sum = h.sum)
                stream.on('data', some => got += some.length).on('error', failed)
                stream.on('end', () => done(
                  `${head[':status']} ${head['you-said'] === key} ${head.path} ${head.got} ${got} ${sum}`))
                stream.end(Buffer.alloc(300000, 'y'))
              })
              const all = async () => {
                for (let round = 0; round < 3; round++)
                  for (const line of await Promise.all([...Array(10).keys()].map(one))) console.log(line)
                session.close()
              }
              all()
            })
            """;

    private static final String GRPC_SERVER =
            """
            import grpc, sys
            from concurrent import futures
            class Service(grpc.GenericRpcHandler):
                def service(self, call):
                    key = dict(call.invocation_metadata).get("x-api-key")
                    def answer(request, context):
                        context.set_trailing_metadata((("you-said", key),))
                        yield request
                        yield str(len(key)).encode()
                    return grpc.unary_stream_rpc_method_handler(answer)
            server = grpc.server(futures.ThreadPoolExecutor(4), handlers=(Service(),))
            print(server.add_insecure_port("127.0.0.1:0"), flush=True)
            server.start()
            sys.stdin.read()
            """;

    private static final String GRPC_CLIENT =
            """
            import grpc, sys
            place, key = sys.argv[1:]
            channel = grpc.secure_channel(place, grpc.ssl_channel_credentials())
            method = channel.unary_stream("/a.Service/Method")
            for i in range(3):
                call = method(b"m" * 20000, metadata=(("x-api-key", key),), timeout=60)
                pieces = list(call)
                print(len(pieces[0]), pieces[1].decode(), dict(call.trailing_metadata())["you-said"] == key)
            """;

    @TempDir Path directory;

    @Test
    void much_passes_at_once_and_each_gets_its_own() throws Exception {
        assumeTrue(Programs.locate("node").isPresent(), "node is not installed");
        try (var scene = new Http2Scene(directory, Limits.USUAL);
                OwnedProcess server = Command.of("node", "-e", SERVER).start()) {
            leadTo(server, scene);
            Path authority = authority(scene);

            Command.Finished finished =
                    Command.of("node", "-e", CLIENT)
                            .with(directory.resolve("p.sock").toString(), SecretScene.HOST)
                            .with(String.valueOf(scene.scene.port), authority.toString())
                            .with(scene.scene.placeholder())
                            .run(LIMIT);

            assertThat(finished.errors()).isEmpty();
            assertThat(finished.output().lines())
                    .hasSize(30)
                    .allMatch(line -> line.matches("200 true /(\\d) 300000 1048576 /\\1"));
        }
    }

    @Test
    void a_client_of_grpc_reaches_its_server() throws Exception {
        assumeTrue(Files.exists(GRPC), "python3-grpcio is not installed");
        try (var scene = new Http2Scene(directory, Limits.USUAL);
                OwnedProcess server = Command.of(PYTHON, "-c", GRPC_SERVER).start();
                var forward = new LoopbackForward(directory.resolve("p.sock"))) {
            leadTo(server, scene);

            Command.Finished finished =
                    Command.of(PYTHON, "-c", GRPC_CLIENT)
                            .with(SecretScene.HOST + ":" + scene.scene.port)
                            .with(scene.scene.placeholder())
                            .withEnvironment("https_proxy", "http://127.0.0.1:" + forward.port())
                            .withEnvironment(
                                    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", authority(scene).toString())
                            .withEnvironment("NO_PROXY", null)
                            .withEnvironment("no_proxy", null)
                            .run(LIMIT);

            assertThat(finished.output().lines())
                    .as(finished.errors())
                    .hasSize(3)
                    .allMatch(("20000 " + SecretScene.VALUE.length() + " True")::equals);
        }
    }

    private static void leadTo(OwnedProcess server, Http2Scene scene) throws IOException {
        int port = Integer.parseInt(firstLine(server.output()));
        scene.within = end -> join(end, port);
    }

    private Path authority(Http2Scene scene) throws IOException {
        return Files.writeString(
                directory.resolve("authority.pem"), scene.scene.secrets.authorityCertificate());
    }

    private static String firstLine(InputStream output) throws IOException {
        var line = new StringBuilder();
        for (int next = output.read(); next != '\n' && next >= 0; next = output.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    /// Passes what is within TLS to a server that speaks without.
    private static void join(TlsEnd end, int port) throws IOException {
        try (var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            server.setTcpNoDelay(true);
            Thread _ =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            byte[] some = new byte[16 << 10];
                                            InputStream in = server.getInputStream();
                                            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                                                end.write(ByteBuffer.wrap(some), n);
                                                end.flush();
                                            }
                                            end.finish();
                                        } catch (IOException over) {
                                            // The test is through.
                                        }
                                    });
            for (var some = end.some(); some.hasRemaining(); some = end.some()) {
                byte[] bytes = new byte[some.remaining()];
                some.get(bytes);
                server.getOutputStream().write(bytes);
            }
        }
    }
}
