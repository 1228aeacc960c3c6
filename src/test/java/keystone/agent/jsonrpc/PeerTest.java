package keystone.agent.jsonrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private Peer asking;
    private Peer answering;
    private OutputStream raw;

    @BeforeEach
    void connect() throws IOException {
        Pipe there = Pipe.open();
        Pipe back = Pipe.open();
        raw = Channels.newOutputStream(there.sink());
        asking = Peer.start(new JsonLines(in(back), raw), new Answering());
        answering =
                Peer.start(
                        new JsonLines(in(there), Channels.newOutputStream(back.sink())),
                        new Answering());
    }

    private static InputStream in(Pipe pipe) {
        return Channels.newInputStream(pipe.source());
    }

    @AfterEach
    void hangUp() {
        release.countDown();
        asking.close();
        answering.close();
    }

    private final class Answering implements Peer.Handler {
        @Override
        public Json request(Peer from, String method, Json.Obj params)
                throws RpcError, InterruptedException {
            return switch (method) {
                case "double" -> Json.number(2 * params.number("n"));
                case "refuse" ->
                        throw new RpcError(6, "wrong state", Json.object().with("fix", "x"));
                case "wait" -> {
                    asked.countDown();
                    release.await(60, TimeUnit.SECONDS);
                    yield Json.string("waited");
                }
                default -> throw RpcError.methodNotFound(method);
            };
        }

        @Override
        public void notification(String method, Json.Obj params) {
            if (method.equals("fail")) {
                throw new UncheckedIOException(new IOException("no space left on device"));
            }
            told.add(method + params.number("n"));
        }
    }

    @Test
    void a_request_is_answered() throws Exception {
        assertThat(asking.call("double", Json.object().with("n", 21), LIMIT))
                .isEqualTo(Json.number(42));
    }

    @Test
    void a_slow_answer_holds_up_nothing() throws Exception {
        Thread slow =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                asking.call("wait", Json.object(), LIMIT);
                                told.add("slow");
                            } catch (Exception e) {
                                told.add(e.toString());
                            }
                        });

        assertThat(asking.call("double", Json.object().with("n", 1), LIMIT))
                .isEqualTo(Json.number(2));
        assertThat(told).isEmpty();
        release.countDown();
        slow.join(LIMIT);
        assertThat(told).containsExactly("slow");
    }

    @Test
    void an_error_carries_its_code_and_data() {
        assertThatThrownBy(() -> asking.call("refuse", Json.object(), LIMIT))
                .isInstanceOfSatisfying(
                        RpcError.class,
                        error -> {
                            assertThat(error.code()).isEqualTo(6);
                            assertThat(error.data()).isEqualTo(Json.object().with("fix", "x"));
                        });
    }

    @Test
    void malformed_parameters_are_refused_by_name() {
        assertThatThrownBy(() -> asking.call("double", Json.object(), LIMIT))
                .isInstanceOf(RpcError.class)
                .hasMessage("`n` is missing");
    }

    @Test
    void notifications_arrive_in_order() throws Exception {
        for (int i = 0; i < 100; i++) {
            asking.notify("note", Json.object().with("n", i));
        }

        for (int i = 0; i < 100; i++) {
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("note" + i);
        }
    }

    @Test
    void a_notification_that_cannot_be_taken_ends_nothing() throws Exception {
        asking.notify("fail", Json.object());
        asking.notify("note", Json.object().with("n", 1));

        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("note1");
    }

    @Test
    void whoever_waits_learns_that_the_other_side_is_gone() throws Exception {
        Thread.startVirtualThread(answering::close);

        assertThatThrownBy(() -> asking.call("wait", Json.object(), LIMIT))
                .isInstanceOf(IOException.class);
        assertThat(asking.awaitEnd(LIMIT)).isTrue();
    }

    @Test
    void nobody_waits_for_ever() {
        assertThatThrownBy(() -> asking.call("wait", Json.object(), Duration.ofMillis(50)))
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void answers_that_are_due_can_be_awaited() throws Exception {
        Thread.startVirtualThread(
                () -> {
                    try {
                        asking.call("wait", Json.object(), LIMIT);
                    } catch (Exception e) {
                        told.add(e.toString());
                    }
                });
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

        assertThat(answering.awaitAnswered(Duration.ofMillis(50))).isFalse();
        assertThat(answering.awaitAnswered(Duration.ofMillis(50))).isFalse();
        release.countDown();
        assertThat(answering.awaitAnswered(LIMIT)).isTrue();
    }

    @Test
    void whoever_asks_without_end_is_refused_and_the_rest_is_answered() throws Exception {
        var outcomes = new LinkedBlockingQueue<String>();
        for (int i = 0; i < 20; i++) {
            Thread.startVirtualThread(() -> outcomes.add(callAndWait()));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(outcomes.poll(60, TimeUnit.SECONDS)).contains("too many open requests");
        }

        release.countDown();
        for (int i = 0; i < 16; i++) {
            assertThat(outcomes.poll(60, TimeUnit.SECONDS)).isEqualTo("\"waited\"");
        }
    }

    @Test
    void what_somebody_hostile_asks_is_held_up_to_a_weight() throws Exception {
        Pipe there = Pipe.open();
        var answers = new ByteArrayOutputStream();
        JsonLines lines = JsonLines.skipping(in(there), answers, 1 << 20, _ -> {});
        try (OutputStream hostile = Channels.newOutputStream(there.sink());
                Peer _ = Peer.start(lines, new Answering())) {
            var text = Json.string("x".repeat(900_000));
            var values = Json.array(Collections.nCopies(15_000, 0L), Json::number);
            for (Json each : List.of(text, text, text, values)) {
                Json.Obj params = Json.object().with("it", each);
                Json.Obj request = Json.object().with("id", 1).with("method", "wait");
                hostile.write((request.with("params", params).compact() + "\n").getBytes(UTF_8));
            }
            // Two are held; beside them a text is too much, and so are small values.
            assertThat(Patience.until(LIMIT, () -> refusals(answers) == 2)).isTrue();
            release.countDown();
            assertThat(Patience.until(LIMIT, () -> answers.toString(UTF_8).contains("waited")))
                    .isTrue();
        }
    }

    private static int refusals(ByteArrayOutputStream answers) {
        return answers.toString(UTF_8).split("too many open requests", -1).length - 1;
    }

    private String callAndWait() {
        try {
            return asking.call("wait", Json.object(), LIMIT).compact();
        } catch (RpcError refused) {
            return String.valueOf(refused.getMessage());
        } catch (IOException | TimeoutException | InterruptedException failed) {
            return failed.toString();
        }
    }

    @Test
    void a_line_that_is_no_json_ends_the_conversation() throws Exception {
        raw.write("not json\n".getBytes(StandardCharsets.UTF_8));

        assertThat(answering.awaitEnd(LIMIT)).isTrue();
    }

    /// Of several agents at once the memory must hold every line.
    @Test
    void a_line_of_nothing_but_small_values_is_passed_over() throws Exception {
        String many = "{\"a\":[" + "{},".repeat(30_000) + "{}]}\n{\"b\":1}\n";
        InputStream in = new ByteArrayInputStream(many.getBytes(StandardCharsets.UTF_8));
        OutputStream nowhere = new ByteArrayOutputStream();

        assertThat(JsonLines.skipping(in, nowhere, 1 << 20, _ -> {}).read())
                .contains(Json.object().with("b", 1));
    }

    @Test
    void a_line_without_end_is_refused() {
        var endless = new ByteArrayInputStream(new byte[JsonLines.LONGEST_LINE + 1]);
        var lines = new JsonLines(endless, new ByteArrayOutputStream());

        assertThatThrownBy(lines::read).isInstanceOf(JsonException.class);
    }

    @Test
    void half_a_line_is_no_message() throws Exception {
        var half = new ByteArrayInputStream("{\"a\":1}".getBytes(StandardCharsets.UTF_8));

        assertThat(new JsonLines(half, new ByteArrayOutputStream()).read()).isEmpty();
    }
}
