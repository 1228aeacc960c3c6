package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ProxyLimitsTest {
    private static final Duration SHORT = Duration.ofMillis(600);
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir Path directory;
    private final Owned owned = new Owned();

    private ProxyScene open(Limits limits) {
        var scene = new ProxyScene(directory, limits, Map.of());
        owned.own(scene::close);
        return scene;
    }

    @AfterEach
    void close() {
        owned.close();
    }

    @Test
    void one_connection_too_many_is_told_so_and_the_others_go_on() throws Exception {
        ProxyScene scene = open(new Limits(3, 8 << 10, LONG, LONG, LONG));
        int port = scene.echo("example.org");
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 3; i++) {
            clients.add(scene.client().tunnelTo("example.org", port));
        }

        assertThat(scene.client().all())
                .startsWith("HTTP/1.1 503 keystone-agent: there are 3 connections already\r\n");
        for (RawClient client : clients) {
            assertThat(client.send("still there").finish().all()).isEqualTo("still there");
        }
    }

    @Test
    void a_place_that_became_free_is_given_again() throws Exception {
        ProxyScene scene = open(new Limits(1, 8 << 10, LONG, LONG, LONG));
        int port = scene.echo("example.org");

        for (int i = 0; i < 5; i++) {
            RawClient client = scene.client().tunnelTo("example.org", port);
            assertThat(client.finish().all()).isEmpty();
            client.close();
            assertThat(Patience.until(Duration.ofSeconds(10), () -> scene.proxy.connections() == 0))
                    .isTrue();
        }
    }

    @Test
    void many_more_than_that_are_hung_up_on_and_cost_nothing() throws Exception {
        ProxyScene scene = open(new Limits(1, 8 << 10, LONG, LONG, LONG));
        int port = scene.echo("example.org");
        RawClient first = scene.client().tunnelTo("example.org", port);

        for (int i = 0; i < 500; i++) {
            RawClient _ = scene.client();
        }

        assertThat(Patience.until(Duration.ofSeconds(10), () -> scene.proxy.connections() <= 17))
                .isTrue();
        assertThat(first.send("still there").finish().all()).isEqualTo("still there");
    }

    @Test
    void who_says_nothing_is_hung_up_on() throws Exception {
        ProxyScene scene = open(new Limits(3, 8 << 10, SHORT, LONG, LONG));

        assertThat(scene.client().all()).isEmpty();
    }

    /// Each byte comes in time, and the whole does not.
    @Test
    void who_asks_one_letter_at_a_time_is_hung_up_on() throws Exception {
        ProxyScene scene = open(new Limits(3, 8 << 10, SHORT, LONG, LONG));
        RawClient client = scene.client();
        Instant begin = Instant.now();

        boolean ended =
                Patience.until(
                        Duration.ofSeconds(20),
                        () -> {
                            try {
                                client.send("G");
                                return false;
                            } catch (IOException hungUpOn) {
                                return true;
                            }
                        });

        assertThat(ended).isTrue();
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void a_tunnel_in_which_nothing_passes_is_ended_and_one_that_is_used_is_not() throws Exception {
        ProxyScene scene = open(new Limits(3, 8 << 10, SHORT, LONG, SHORT.multipliedBy(2)));
        int port = scene.echo("example.org");
        RawClient silent = scene.client().tunnelTo("example.org", port);
        RawClient used = scene.client().tunnelTo("example.org", port);

        Thread using = Thread.ofVirtual().start(() -> use(used, silent));
        assertThat(silent.all()).isEmpty();
        silent.close();
        using.join();

        assertThat(used.send("!").exactly(1)).isEqualTo(new byte[] {'!'});
    }

    private static void use(RawClient used, RawClient until) {
        boolean _ =
                Patience.until(
                        LONG,
                        () -> {
                            try {
                                byte[] _ = used.send(".").exactly(1);
                                return !until.channel.isOpen();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }

    /// Its server goes on sending; nobody reads.
    @Test
    void who_does_not_read_is_hung_up_on_and_holds_up_nobody() throws Exception {
        ProxyScene scene = open(new Limits(3, 8 << 10, SHORT, LONG, SHORT));
        byte[] much = new byte[1 << 20];
        int port =
                scene.server(
                        "example.org",
                        (_, out, _) -> {
                            while (true) {
                                out.write(much);
                            }
                        });
        RawClient _ = scene.client().tunnelTo("example.org", port);

        assertThat(Patience.until(Duration.ofSeconds(20), () -> scene.proxy.connections() == 0))
                .isTrue();
    }

    @Test
    void a_head_without_an_end_is_refused_before_it_is_large() throws Exception {
        ProxyScene scene = open(ProxyScene.LIMITS);

        RawClient long1 = scene.client();
        long1.send("GET http://example.org/" + "a".repeat(9 << 10));
        RawClient many = scene.client();
        many.head("GET http://example.org/ HTTP/1.1\nHost: example.org\n" + "a:\n".repeat(200));

        assertThat(long1.all()).startsWith("HTTP/1.1 431 ");
        assertThat(many.all()).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void what_is_refused_all_the_time_is_counted_and_overwrites_nothing() throws Exception {
        Path file = directory.resolve("paced.jsonl");
        Passed.Outcome refused = Passed.Outcome.REFUSED;
        try (EgressLog log = EgressLog.open(file)) {
            log.add(
                    new Passed(
                            Instant.EPOCH,
                            "connect",
                            null,
                            null,
                            Passed.Outcome.ALLOWED,
                            "",
                            1,
                            2,
                            3));
            for (int i = 0; i < 50_000; i++) {
                Passed.Outcome outcome = i % 2 == 0 ? refused : Passed.Outcome.MALFORMED;
                log.add(new Passed(Instant.EPOCH, "dns", null, null, outcome, "no", 0, 0, 0));
            }
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines.getFirst()).contains("allowed");
        assertThat(lines.getLast()).contains(" more were refused or failed, too quickly");
        assertThat(lines).hasSizeBetween(502, 700);
    }

    @Test
    void the_log_stays_within_its_bounds() throws Exception {
        Path file = directory.resolve("bounded.jsonl");
        var passed =
                new Passed(
                        Instant.EPOCH,
                        "connect",
                        null,
                        null,
                        Passed.Outcome.REFUSED,
                        "\u001b[31m\n" + "x".repeat(1000),
                        0,
                        0,
                        0);

        var allowed =
                new Passed(
                        Instant.EPOCH,
                        "connect",
                        null,
                        null,
                        Passed.Outcome.ALLOWED,
                        passed.why(),
                        0,
                        0,
                        0);

        try (EgressLog log = EgressLog.open(file)) {
            for (int i = 0; i < 5000; i++) {
                log.add(passed);
                log.add(allowed);
            }
            assertThat(log.refused()).isEqualTo(5000);
        }

        assertThat(Files.size(file)).isLessThanOrEqualTo(EgressLog.LARGEST);
        assertThat(Files.size(directory.resolve("bounded.jsonl.1")))
                .isLessThanOrEqualTo(EgressLog.LARGEST);
        assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).array()).doesNotContain((byte) 0x1b);
    }
}
