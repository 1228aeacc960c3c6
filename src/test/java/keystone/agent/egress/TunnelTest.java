package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import keystone.agent.json.Json;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TunnelTest {
    @TempDir Path directory;
    private ProxyScene scene;

    @BeforeEach
    void open() {
        scene = ProxyScene.in(directory);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void nobody_else_can_enter() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scene.socket())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scene.logFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_tunnel_carries_what_is_sent_and_its_end() throws Exception {
        int port = scene.echo("example.org");

        RawClient client = scene.client().tunnelTo("example.org", port);
        client.send("hello").finish();

        assertThat(client.all()).isEqualTo("hello");
        // Once: a second time the name could stand for something else.
        assertThat(scene.names.asked).containsExactly("example.org");
    }

    @Test
    void what_follows_the_request_at_once_is_not_lost() throws Exception {
        int port = scene.echo("example.org");

        RawClient client = scene.client();
        client.head("CONNECT example.org:%d HTTP/1.1\n\nhello".formatted(port)).finish();

        assertThat(client.all()).endsWith("\r\n\r\nhello");
    }

    @Test
    void a_server_that_has_ended_can_still_be_told_something() throws Exception {
        var told = new CompletableFuture<String>();
        int port =
                scene.server(
                        "example.org",
                        (in, out, socket) -> {
                            out.write("bye".getBytes(StandardCharsets.UTF_8));
                            out.flush();
                            socket.shutdownOutput();
                            told.complete(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                        });

        RawClient client = scene.client().tunnelTo("example.org", port);
        assertThat(client.all()).isEqualTo("bye");
        client.send("last words").finish();

        assertThat(told.get()).isEqualTo("last words");
    }

    @Test
    void a_hundred_at_once_each_get_their_own() throws Exception {
        int port = scene.echo("example.org");
        byte[] bytes = new byte[100_000];

        var answers = new ArrayList<Future<byte[]>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                int seed = i;
                answers.add(threads.submit(() -> echoed(port, seed, bytes.length)));
            }
        }

        for (int i = 0; i < answers.size(); i++) {
            new Random(i).nextBytes(bytes);
            assertThat(Arrays.equals(answers.get(i).get(), bytes)).as("of client %d", i).isTrue();
        }
    }

    private byte[] echoed(int port, int seed, int length) throws Exception {
        byte[] mine = new byte[length];
        new Random(seed).nextBytes(mine);
        RawClient client = scene.client().tunnelTo("example.org", port);
        Thread sending =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        client.send(mine).finish();
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
        byte[] all = client.exactly(length + 1);
        sending.join();
        return all;
    }

    @Test
    void a_refusal_says_why_and_what_to_type_in_its_first_line_and_in_its_body() throws Exception {
        RawClient client = scene.client();
        client.head("CONNECT 10.0.0.1:443 HTTP/1.1\nHost: 10.0.0.1:443\n\n");

        assertThat(client.all())
                .startsWith(
                        "HTTP/1.1 403 keystone-agent: 10.0.0.1 is an address of a private network,"
                                + " which no sandbox may reach; on the host: nothing opens that")
                .contains("\r\n\r\nerror: 10.0.0.1 is an address")
                .endsWith(
                        "\nfix:   nothing opens that: run what you need of it inside the sandbox\n");
    }

    @Test
    void what_is_not_there_is_no_refusal() throws Exception {
        RawClient unknown = scene.client().head("CONNECT missing.example:443 HTTP/1.1\n\n");
        int port = scene.echo("example.org");
        scene.names.with("closed.example", "127.0.0.1");

        assertThat(unknown.all()).startsWith("HTTP/1.1 502 keystone-agent: missing.example");
        RawClient closed = scene.client();
        closed.head("CONNECT closed.example:%d HTTP/1.1\n\n".formatted(port == 1 ? 2 : 1));
        assertThat(closed.all()).contains("cannot be reached: the connection was refused");
    }

    @Test
    void the_log_has_one_line_for_each_and_nothing_of_what_passed() throws Exception {
        int port = scene.echo("example.org");

        RawClient client = scene.client().tunnelTo("Example.ORG.", port);
        client.send("a secret").finish();
        String _ = client.all();
        String _ = scene.client().head("CONNECT [::1%eth0]:1 HTTP/1.1\nX: hidden\n\n").all();

        List<Json.Obj> lines = scene.logged(2);
        assertThat(lines)
                .filteredOn(each -> each.string("verdict").equals("allowed"))
                .singleElement()
                .satisfies(
                        line -> {
                            assertThat(line.string("host")).isEqualTo("example.org");
                            assertThat(line.number("port")).isEqualTo(port);
                            assertThat(line.string("how")).isEqualTo("connect");
                            assertThat(line.string("why")).isEqualTo("the mode open");
                            assertThat(line.number("bytesOut")).isEqualTo(8);
                            assertThat(line.number("bytesIn")).isEqualTo(8);
                        });
        assertThat(lines)
                .filteredOn(each -> each.string("verdict").equals("malformed"))
                .singleElement()
                .satisfies(line -> assertThat(line.get("host")).isNull());
        assertThat(Files.readString(scene.logFile())).doesNotContain("secret", "hidden", "eth0");
        assertThat(Patience.until(Duration.ofSeconds(5), () -> scene.proxy.connections() == 0))
                .isTrue();
    }

    @Test
    void closing_ends_every_connection_and_writes_down_each() throws Exception {
        int port = scene.echo("example.org");
        RawClient client = scene.client().tunnelTo("example.org", port);

        scene.proxy.close();

        assertThat(client.all()).isEmpty();
        assertThat(scene.logged(1)).hasSize(1);
        assertThat(scene.proxy.connections()).isZero();
    }
}
