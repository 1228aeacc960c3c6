package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a hostile guest, or an odd server, could send within HTTP/2.
@Timeout(60)
final class Http2AttackTest {
    private static final int END = Http2Frame.END_STREAM;

    @TempDir Path directory;
    private Http2Scene scene;

    @BeforeEach
    void open() throws IOException {
        scene = new Http2Scene(directory);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":authority: other.example.org",
                ":path: /a b",
                ":path: http://other.example.org/",
                ":method: TRACE",
                ":method: CONNECT",
            })
    void what_is_no_request_to_that_host_is_refused(String line) throws Exception {
        String[] lines = scene.get("/", scene.key());
        String name = line.substring(0, line.indexOf(':', 1) + 1);
        for (int i = 0; i < lines.length; i++) {
            lines[i] = lines[i].startsWith(name) ? line : lines[i];
        }
        Http2Peer guest = scene.guest().head(1, END, lines);

        assertThat(guest.lines().getFirst()).matches(":status: 4(00|21)");
        guest.head(3, END, scene.get("/", scene.key()));
        assertThat(guest.lines()).contains(":status: 200");
        assertThat(scene.heads).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host: other.example.org",
                "transfer-encoding: chunked",
                "connection: x-api-key",
                "te: chunked",
                "X-Api-Key: 1",
                "x y: 1",
                "x: a\r\ny: b",
                "x: \0",
                "x:  a",
                ":path: /again",
                ":status: 200",
                ":protocol: websocket",
            })
    void a_head_that_two_could_read_differently_ends_the_connection(String line) throws Exception {
        Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key(), line));

        Http2Frame last = guest.next();
        assertThat(last.type()).isEqualTo(Http2Frame.GOAWAY);
        assertThatThrownBy(guest::next).isInstanceOf(IOException.class);
        assertThat(scene.heads).isEmpty();
        scene.awaitLogged("\"malformed\"");
    }

    /// Whether the answer comes before the server is gone or not at all, nothing is kept waiting.
    @Test
    void frames_out_of_place_end_the_connection() throws Exception {
        List<int[]> frames =
                List.of(
                        new int[] {Http2Frame.CONTINUATION, 4, 1},
                        new int[] {Http2Frame.PUSH_PROMISE, 4, 1},
                        new int[] {Http2Frame.HEADERS, 5, 2},
                        new int[] {Http2Frame.HEADERS, 5, 0},
                        new int[] {Http2Frame.HEADERS, 5 | Http2Frame.PADDED, 1},
                        new int[] {Http2Frame.SETTINGS, 0, 1});
        for (int[] each : frames) {
            Http2Peer guest = scene.guest();
            guest.send(each[0], each[1], each[2], "\u00ffxxx");
            assertThat(guest.next().type()).as("after %d", each[0]).isEqualTo(Http2Frame.GOAWAY);
        }
        assertThat(scene.heads).isEmpty();
    }

    @Test
    void nothing_may_stand_within_a_head_nor_make_it_endless() throws Exception {
        Http2Peer within = scene.guest();
        within.send(Http2Frame.HEADERS, END, 1, "").send(Http2Frame.PING, 0, 0, "12345678");
        assertThat(within.next().type()).isEqualTo(Http2Frame.GOAWAY);

        Http2Peer endless = scene.guest();
        endless.send(Http2Frame.HEADERS, END, 1, "");
        for (int i = 0; i < 20; i++) {
            endless.writer.pass(new Http2Frame(Http2Frame.CONTINUATION, 0, 1, new byte[0]));
        }
        endless.writer.flush();
        assertThat(endless.next().type()).isEqualTo(Http2Frame.GOAWAY);
    }

    @Test
    void a_frame_larger_than_agreed_is_not_waited_for() throws Exception {
        Http2Peer guest = scene.guest();
        guest.end.write(new byte[] {0, 0x40, 1, 0, 0, 0, 0, 0, 1});
        guest.end.flush();

        assertThat(guest.next().type()).isEqualTo(Http2Frame.GOAWAY);
    }

    @Test
    void settings_that_we_could_not_keep_to_do_not_pass() throws Exception {
        var told = new CompletableFuture<List<String>>();
        scene.api =
                peer -> {
                    peer.send(Http2Frame.SETTINGS, 0, 0, "\0\1\0\1\0\0\0\5\0\u00ff\u00ff\u00ff");
                    peer.send(Http2Frame.SETTINGS, 0, 0, "\0\10\0\0\0\1\0\3\0\0\0\144");
                    peer.send(Http2Frame.PING, 0, 0, "12345678");
                    peer.next();
                    told.complete(List.copyOf(peer.settings));
                };
        Http2Peer guest = scene.guest();
        guest.send(Http2Frame.SETTINGS, 0, 0, "\0\1\0\0\0\0\0\2\0\0\0\1\0\4\0\1\0\0");
        guest.send(Http2Frame.PING, 0, 0, "12345678");

        assertThat(guest.next().type()).isEqualTo(Http2Frame.PING);
        assertThat(guest.settings)
                .contains("1=4096", "3=100", "6=8192")
                .noneMatch(each -> each.startsWith("5=") || each.startsWith("8="));
        assertThat(told.orTimeout(20, TimeUnit.SECONDS).join())
                .contains("1=0", "2=0", "4=65536")
                .doesNotContain("2=1");
    }

    @Test
    void a_secret_is_written_so_that_no_table_keeps_it() throws Exception {
        Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key()));
        assertThat(guest.lines()).contains(":status: 200");
        Http2Frame _ = guest.next();

        guest.head(3, END, scene.get("/"));

        assertThat(guest.lines()).contains(":status: 200");
        assertThat(scene.heads.getLast()).noneMatch(line -> line.contains(SecretScene.VALUE));
    }

    @Test
    void an_odd_answer_ends_the_connection_with_a_sentence() throws Exception {
        scene.api =
                peer -> {
                    peer.head(peer.section().stream(), END, ":status: 99999");
                    peer.next();
                };
        Http2Peer guest = scene.guest().head(1, END, scene.get("/", scene.key()));

        Http2Frame last = guest.next();
        assertThat(last.type()).isEqualTo(Http2Frame.GOAWAY);
        assertThat(Http2Peer.text(last))
                .endsWith(
                        "the answer of api.example.org is not proper HTTP: it is not an answer of HTTP/2");
    }

    /// A server that passes requests on in HTTP/1.1 would take the rest for a request of its own.
    @ParameterizedTest
    @ValueSource(strings = {"0", "3", "5"})
    void a_body_of_another_length_than_its_head_says_does_not_pass(String said) throws Exception {
        Http2Peer guest = scene.guest();
        guest.head(1, 0, scene.get("/", scene.key(), "content-length: " + said));
        guest.send(Http2Frame.DATA, END, 1, "1234");

        assertThat(guest.next().type()).isEqualTo(Http2Frame.GOAWAY);
        scene.awaitLogged("\"malformed\"");
    }

    @Test
    void a_body_of_the_length_that_its_head_says_passes() throws Exception {
        Http2Peer guest = scene.guest();
        guest.head(1, 0, scene.get("/", scene.key(), "content-length: 4"));
        guest.send(Http2Frame.DATA, Http2Frame.PADDED, 1, "\2" + "123" + "\0\0");
        guest.send(Http2Frame.DATA, END, 1, "4");

        assertThat(guest.lines()).contains(":status: 200");
    }
}
