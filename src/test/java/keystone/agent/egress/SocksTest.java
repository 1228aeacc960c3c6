package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SocksTest {
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
    void a_name_is_connected_to() throws Exception {
        int port = scene.echo("example.org");

        RawClient client = greeted();
        client.send(named("example.org", port));

        assertThat(client.exactly(10)).startsWith(5, 0, 0, 1);
        assertThat(client.send("hello").finish().all()).isEqualTo("hello");
        assertThat(scene.logged(1).getFirst().string("how")).isEqualTo("socks5");
    }

    @Test
    void an_address_is_connected_to() throws Exception {
        int port = scene.echo("example.org");

        RawClient client = greeted();
        client.send(bytes(5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port));

        assertThat(client.exactly(10)).startsWith(5, 0);
        assertThat(client.send("hello").finish().all()).isEqualTo("hello");
    }

    @Test
    void what_is_not_allowed_is_refused_in_every_form() throws Exception {
        scene.names.with("rebind.example", "192.168.0.1");

        assertThat(answer(named("rebind.example", 80))).startsWith(5, 2);
        assertThat(answer(named("0xa000001", 80))).startsWith(5, 2);
        assertThat(answer(bytes(5, 1, 0, 1, 10, 0, 0, 1, 0, 80))).startsWith(5, 2);
        assertThat(
                        answer(
                                bytes(
                                        5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0,
                                        0, 1, 0, 80)))
                .startsWith(5, 2);
        assertThat(scene.logged(4)).allMatch(line -> line.string("verdict").equals("refused"));
    }

    @Test
    void other_requests_are_refused() throws Exception {
        byte[] bind = named("example.org", 80);
        bind[1] = 2;
        byte[] udp = named("example.org", 80);
        udp[1] = 3;

        assertThat(answer(bind)).startsWith(5, 7);
        assertThat(answer(udp)).startsWith(5, 7);
        assertThat(answer(named("exa mple", 80))).startsWith(5, 8);
        assertThat(answer(named("example.org\r\n", 80))).startsWith(5, 8);
        assertThat(answer(named("", 80))).startsWith(5, 8);
        assertThat(answer(named("example.org", 0))).startsWith(5, 8);
        assertThat(answer(bytes(5, 1, 0, 9, 0, 0))).startsWith(5, 8);
        assertThat(answer(named("missing.example", 80))).startsWith(5, 4);
    }

    @Test
    void who_insists_on_a_login_is_refused() throws Exception {
        RawClient client = scene.client();
        client.send(bytes(5, 1, 2));

        assertThat(client.exactly(3)).containsExactly(5, 0xff);
    }

    private byte[] answer(byte[] request) throws IOException {
        RawClient client = greeted();
        client.send(request);
        byte[] answer = client.exactly(11);
        client.close();
        return answer;
    }

    private RawClient greeted() throws IOException {
        RawClient client = scene.client();
        client.send(bytes(5, 2, 0, 2));
        assertThat(client.exactly(2)).containsExactly(5, 0);
        return client;
    }

    private static byte[] named(String name, int port) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(bytes(5, 1, 0, 3, text.length));
        bytes.writeBytes(text);
        bytes.writeBytes(bytes(port >> 8, port));
        return bytes.toByteArray();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
