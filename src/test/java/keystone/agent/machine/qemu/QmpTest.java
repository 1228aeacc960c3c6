package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.JsonLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QmpTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int LONGEST_LINE = 4096;
    private static final Duration AT_ONCE = Duration.ofMillis(50);
    private static final String GREETING = "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\n";

    private final BlockingQueue<Qmp.Event> events = new LinkedBlockingQueue<>();
    private final PipedInputStream fromQemu = new PipedInputStream();
    private final PipedInputStream toQemu = new PipedInputStream();
    private OutputStream qemu;
    private JsonLines lines;

    @BeforeEach
    void connect() throws IOException {
        qemu = new PipedOutputStream(fromQemu);
        lines = new JsonLines(fromQemu, new PipedOutputStream(toQemu), LONGEST_LINE);
    }

    @AfterEach
    void disconnect() throws IOException {
        qemu.close();
    }

    @Test
    void a_command_gets_its_own_answer() throws Exception {
        answering(
                request -> "{\"return\": {\"status\": \"running\"}, \"id\": " + id(request) + "}");
        Qmp qmp = open();

        Json.Obj answer = qmp.execute("query-status", Json.object(), SOON);

        assertThat(answer.object("return").string("status")).isEqualTo("running");
    }

    @Test
    void a_refusal_is_told_in_qemus_words() throws Exception {
        answering(
                request ->
                        request.contains("qmp_capabilities")
                                ? "{\"return\": {}, \"id\": " + id(request) + "}"
                                : "{\"error\": {\"class\": \"X\", \"desc\": \"no such command\"},"
                                        + " \"id\": "
                                        + id(request)
                                        + "}");
        Qmp qmp = open();

        assertThatThrownBy(() -> qmp.execute("nonsense", Json.object(), SOON))
                .hasMessage("QEMU refused nonsense: no such command");
    }

    @Test
    void events_reach_the_listener() throws Exception {
        answering(
                request ->
                        "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-shutdown\"}}\n"
                                + "{\"return\": {}, \"id\": "
                                + id(request)
                                + "}");
        open();

        Qmp.Event event = events.poll(60, TimeUnit.SECONDS);

        assertThat(event).isNotNull();
        assertThat(event.data().string("reason")).isEqualTo("guest-shutdown");
    }

    @Test
    void silence_ends_at_the_limit() throws Exception {
        answering(
                request ->
                        request.contains("qmp_capabilities")
                                ? "{\"return\": {}, \"id\": " + id(request) + "}"
                                : "");
        Qmp qmp = open();

        assertThatThrownBy(() -> qmp.execute("stop", Json.object(), AT_ONCE))
                .hasMessageContaining("QEMU gave no stop within");
    }

    @Test
    void nonsense_ends_the_conversation() throws Exception {
        answering(request -> "]}");

        assertThatThrownBy(this::open).hasMessage("QEMU's monitor is gone");
    }

    @Test
    void an_endless_line_ends_the_conversation() throws Exception {
        byte[] endless = new byte[LONGEST_LINE + 2];
        Thread.startVirtualThread(() -> write(endless));

        assertThatThrownBy(() -> Qmp.open(lines, events::add, SOON))
                .hasMessage("QEMU's monitor is gone");
    }

    @Test
    void nobody_waits_for_a_qemu_that_has_gone() throws Exception {
        answering(request -> "{\"return\": {}, \"id\": " + id(request) + "}");
        Qmp qmp = open();

        qmp.close();

        assertThatThrownBy(() -> qmp.execute("stop", Json.object(), SOON))
                .isInstanceOf(IOException.class);
    }

    private Qmp open() throws IOException, InterruptedException {
        return Qmp.open(lines, events::add, SOON);
    }

    /// Greets, then answers each request line; an empty answer is none.
    private void answering(UnaryOperator<String> answer) {
        Thread.startVirtualThread(
                () -> {
                    write(GREETING.getBytes(StandardCharsets.UTF_8));
                    var requests =
                            new BufferedReader(
                                    new InputStreamReader(toQemu, StandardCharsets.UTF_8));
                    requests.lines()
                            .forEach(
                                    request ->
                                            write(
                                                    (answer.apply(request) + "\n")
                                                            .getBytes(StandardCharsets.UTF_8)));
                });
    }

    private void write(byte[] bytes) {
        try {
            qemu.write(bytes);
            qemu.flush();
        } catch (IOException gone) {
            // The other side has hung up, which is what some tests want.
        }
    }

    private static long id(String request) {
        return Json.parse(request).asObject().number("id");
    }
}
