package keystone.agent.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SharedSandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What listens in a real guest, as this host sees it.
@ExtendWith(Installations.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class PortsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Below the numbers that are given to whoever asks for any.
    private static final int FIRST_OF_MANY = 20_000;

    private static final String MANY =
            """
            import os, socket
            for part in range(4):
                if not os.fork():
                    break
            else:
                part = 4
            first = 20000 + 1000 * part
            all = [socket.create_server(("127.0.0.1", first + i)) for i in range(1000)]
            if part == 0:
                print("ready", flush=True)
            while os.read(0, 4096):
                pass
            """;

    private static final String FLAPPING =
            """
            import socket, sys, time
            print("ready", flush=True)
            while True:
                for i in range(100):
                    socket.create_server(("127.0.0.1", int(sys.argv[1]))).close()
                all = [socket.create_server(("", 21000 + i)) for i in range(64)]
                time.sleep(0.6)
                for each in all:
                    each.close()
                time.sleep(0.6)
            """;

    private Sandbox sandbox;
    private Installation home;

    @BeforeEach
    void take(SharedSandbox shared) {
        sandbox = shared.sandbox();
        home = shared.home();
    }

    @AfterEach
    void leaveAsItWas() throws Exception {
        Ended _ = ports("--auto").succeeds();
    }

    private Ended ports(String... flags) throws InterruptedException {
        return sandbox.keystone("ports", flags).run();
    }

    private Json.Obj now() {
        try {
            return ports("--json").succeeds().object();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        }
    }

    @Test
    void every_kind_of_listener_is_there_under_its_number() throws Exception {
        List<String> addresses = List.of("127.0.0.1", "0.0.0.0", "::1", "::");
        int[] port = new int[addresses.size()];
        var places = new String[2 * addresses.size()];
        for (int i = 0; i < port.length; i++) {
            port[i] = GuestServer.freeNumber();
            places[2 * i] = addresses.get(i);
            places[2 * i + 1] = Integer.toString(port[i]);
        }
        try (GuestServer _ = GuestServer.on(sandbox, places)) {
            long begun = System.nanoTime();
            for (int i = 0; i < port.length; i++) {
                Wait.until(addresses.get(i) + " is there", LIMIT, GuestServer.accepts(port[i]));
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;
            System.out.printf(Locale.ROOT, "four listeners were there after %d ms%n", millis);
            assertThat(millis).isLessThan(GuestServer.noticed(sandbox).toMillis());
            for (int i = 0; i < port.length; i++) {
                String itself = addresses.get(i) + " " + port[i];
                assertThat(GuestServer.get("127.0.0.1", port[i], "/")).isEqualTo(itself);
                assertThat(GuestServer.get("[::1]", port[i], "/")).isEqualTo(itself);
            }

            Json.Obj shown = GuestServer.published(sandbox, port[0]);
            assertThat(shown.number("host")).isEqualTo(port[0]);
            assertThat(shown.string("program")).isEqualTo("python3");
            assertThat(shown.string("by")).isEqualTo("auto");
            assertThat(sandbox.keystone("status").run().succeeds().output())
                    .contains("%d (python3) is on http://127.0.0.1:%d".formatted(port[0], port[0]));
            assertThat(sandbox.keystone("logs", "--source", "supervisor").run().output())
                    .contains("port %d of `%s` is on http".formatted(port[0], sandbox.name()));
            assertThat(sandbox.status().number("sessions")).isEqualTo(1);
        }
    }

    @Test
    @Tag("full")
    void a_number_that_is_taken_here_is_not_touched() throws Exception {
        try (var owners = new ServerSocket(0, 5, InetAddress.ofLiteral("::1"))) {
            int taken = owners.getLocalPort();
            try (GuestServer _ = GuestServer.on(sandbox, "127.0.0.1", Integer.toString(taken))) {
                Json.Obj shown = GuestServer.published(sandbox, taken);

                assertThat(shown.string("note")).isEqualTo(taken + " of this host is taken");
                int other = Math.toIntExact(shown.number("host"));
                assertThat(other).isNotEqualTo(taken);
                assertThat(GuestServer.get("127.0.0.1", other, "/")).endsWith(" " + taken);
                assertThat(GuestServer.accepts(taken).getAsBoolean()).isFalse();
            }
        }
    }

    @Test
    void websockets_and_large_bodies_pass() throws Exception {
        int port = GuestServer.freeNumber();
        try (GuestServer _ = GuestServer.on(sandbox, "127.0.0.1", Integer.toString(port))) {
            Wait.until("it is there", LIMIT, GuestServer.accepts(port));

            assertThat(echoed(port, "hello from outside")).isEqualTo("hello from outside");
            assertThat(downloaded(port, 8 << 20)).isEqualTo(8 << 20);
        }
    }

    @Test
    @Tag("full")
    void two_hundred_megabytes_pass() throws Exception {
        int port = GuestServer.freeNumber();
        try (GuestServer _ = GuestServer.on(sandbox, "127.0.0.1", Integer.toString(port))) {
            Wait.until("it is there", LIMIT, GuestServer.accepts(port));
            long begun = System.nanoTime();

            assertThat(downloaded(port, 200_000_000)).isEqualTo(200_000_000);
            double seconds = (System.nanoTime() - begun) / 1e9;
            System.out.printf(Locale.ROOT, "200 MB took %.1f s%n", seconds);
        }
    }

    private static long downloaded(int port, int bytes) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var body =
                    client.send(
                                    GuestServer.request("127.0.0.1", port, "/bytes/" + bytes)
                                            .build(),
                                    HttpResponse.BodyHandlers.ofInputStream())
                            .body();
            long read = 0;
            var some = new byte[1 << 16];
            for (int n = body.read(some); n >= 0; n = body.read(some)) {
                for (int i = 0; i < n; i++) {
                    if (some[i] != (byte) (read + i)) {
                        throw new AssertionError("another byte at " + (read + i));
                    }
                }
                read += n;
            }
            return read;
        }
    }

    private static String echoed(int port, String text) throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            var listening =
                    new WebSocket.Listener() {
                        @Override
                        public @Nullable CompletionStage<?> onText(
                                WebSocket socket, CharSequence data, boolean last) {
                            heard.add(data.toString());
                            socket.request(1);
                            return null;
                        }
                    };
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .connectTimeout(LIMIT)
                            .buildAsync(URI.create("ws://127.0.0.1:" + port), listening)
                            .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            var _ = socket.sendText(text, true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            String echo = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            socket.abort();
            return String.valueOf(echo);
        }
    }

    @Test
    void what_a_person_says_holds_at_once_and_is_written_down() throws Exception {
        int guest = GuestServer.freeNumber();
        int host = GuestServer.freeNumber();
        try (GuestServer _ = GuestServer.on(sandbox, "::1", Integer.toString(guest))) {
            Wait.until("it is there", LIMIT, GuestServer.accepts(guest));

            Ended _ = ports("--publish", host + ":" + guest).succeeds();
            assertThat(GuestServer.get("localhost", host, "/")).isEqualTo("::1 " + guest);
            assertThat(GuestServer.accepts(guest).getAsBoolean()).isFalse();
            assertThat(sandbox.dir().spec().ports().published())
                    .map(Object::toString)
                    .containsExactly(host + ":" + guest);

            Ended _ = ports("--unpublish", Integer.toString(guest), "--no-auto").succeeds();
            assertThat(GuestServer.accepts(host).getAsBoolean()).isFalse();
            assertThat(now().array("ports")).isEmpty();

            Ended _ = ports("--publish", Integer.toString(guest)).succeeds();
            assertThat(GuestServer.get("localhost", guest, "/")).isEqualTo("::1 " + guest);
            Ended _ = ports("--unpublish", Integer.toString(guest), "--auto").succeeds();
        }
    }

    @Test
    void what_cannot_be_had_is_refused_with_the_reason() throws Exception {
        try (var owners = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            Ended refused = ports("--publish", owners.getLocalPort() + ":3000").endsWith(1);

            assertThat(refused.errors())
                    .contains(owners.getLocalPort() + " of this host cannot be had: `")
                    .contains("(pid " + ProcessHandle.current().pid() + ")")
                    .contains("--publish OTHER:3000");
            assertThat(sandbox.dir().spec().ports().published()).isEmpty();
        }
    }

    @Test
    @Tag("full")
    void thousands_of_listeners_get_no_more_than_so_many_numbers() throws Exception {
        try (GuestServer _ = GuestServer.python(sandbox, MANY)) {
            Wait.until("some are there", LIMIT, GuestServer.accepts(FIRST_OF_MANY));

            assertThat(now().array("ports")).hasSize(Publisher.MOST);
            assertThat(now().string("note")).contains("more are not published");
        }
    }

    @Test
    @Tag("full")
    void one_who_opens_and_closes_all_the_time_changes_little() throws Exception {
        int port = GuestServer.freeNumber();
        int said = log().length();
        long begun = System.nanoTime();
        try (GuestServer _ = GuestServer.python(sandbox, FLAPPING, Integer.toString(port))) {
            Wait.until("some are there", LIMIT, GuestServer.accepts(21_000));
            Wait.until("all are there", LIMIT, () -> now().array("ports").size() >= 64);
            String other = sandbox.says("echo", "still here");

            assertThat(other).isEqualTo("still here");
            // A hundred, then one a second.
            long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
            assertThat(log().substring(said).lines().count()).isLessThan(130 + seconds);
        }
    }

    private String log() throws InterruptedException {
        return home.keystone("logs", sandbox.name(), "--source", "supervisor").run().output();
    }

    @Test
    @Tag("full")
    void whoever_ends_our_program_in_the_guest_gets_another_one() throws Exception {
        int port = GuestServer.freeNumber();
        String pattern = "^python3 -I -S -c # Says which TCP";
        String _ = sandbox.says("pkill", "-f", pattern);

        try (GuestServer _ = GuestServer.on(sandbox, "127.0.0.1", Integer.toString(port))) {
            Wait.until("it is there", LIMIT, GuestServer.accepts(port));
            assertThat(GuestServer.get("127.0.0.1", port, "/")).endsWith(" " + port);
        }
    }

    @Test
    @Tag("full")
    void whoever_follows_hears_of_each() throws Exception {
        int port = GuestServer.freeNumber();
        try (var following = sandbox.keystone("ports", "-f").start()) {
            Wait.until("it follows", LIMIT, () -> following.outputSoFar().contains("GUEST"));
            try (GuestServer _ = GuestServer.on(sandbox, "127.0.0.1", Integer.toString(port))) {
                String here =
                        "port %d of `%s` is on http://127.0.0.1:%d\n"
                                .formatted(port, sandbox.name(), port);
                Wait.until("it came", LIMIT, () -> following.outputSoFar().contains(here));
            }
            String gone =
                    "port %d of `%s` is no longer on http://127.0.0.1:%d\n"
                            .formatted(port, sandbox.name(), port);
            Wait.until("it went", LIMIT, () -> following.outputSoFar().contains(gone));
        }
    }
}
