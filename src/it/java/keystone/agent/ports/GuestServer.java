package keystone.agent.ports;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import keystone.agent.it.Background;
import keystone.agent.it.FreePort;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Wait;
import keystone.agent.json.Json;

/// Servers in a guest, from when they listen until they are closed; and how this host sees them.
final class GuestServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Background program;

    private GuestServer(Background program) {
        this.program = program;
    }

    /// @param places an address and a port, and so on
    static GuestServer on(Sandbox sandbox, String... places) throws IOException {
        try (InputStream text =
                Objects.requireNonNull(GuestServer.class.getResourceAsStream("/ports/server.py"))) {
            String program = new String(text.readAllBytes(), StandardCharsets.UTF_8);
            return python(sandbox, program, places);
        }
    }

    /// Any program that prints `ready`.
    static GuestServer python(Sandbox sandbox, String program, String... arguments) {
        var command = new ArrayList<>(List.of("python3", "-c", program));
        command.addAll(List.of(arguments));
        var server = new GuestServer(sandbox.executing(command.toArray(String[]::new)).start());
        Wait.until(
                "the servers listen",
                LIMIT,
                () -> server.program.outputSoFar().contains("ready\n") || !server.isRunning());
        if (!server.isRunning()) {
            throw new AssertionError(server.program.errorsSoFar());
        }
        return server;
    }

    private boolean isRunning() {
        return program.isRunning();
    }

    /// A number that is free on this host, a moment ago.
    static int freeNumber() throws IOException {
        return FreePort.number();
    }

    /// @param host as in a URL
    static String get(String host, int port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            request(host, port, path).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    static HttpRequest.Builder request(String host, int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path))
                .timeout(LIMIT);
    }

    static BooleanSupplier accepts(int port) {
        return () -> {
            try (var _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                return true;
            } catch (IOException refused) {
                return false;
            }
        };
    }

    /// As long as a dev server may take to appear. An emulated guest shares this host's processors
    /// with whatever else is tested.
    static Duration noticed(Sandbox sandbox) throws InterruptedException {
        boolean isFast = sandbox.status().string("accelerator").equals("kvm");
        return Duration.ofSeconds(isFast ? 2 : 20);
    }

    /// Where the guest's port is on this host; waits until it is there.
    static Json.Obj published(Sandbox sandbox, int guest) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            for (Json each : sandbox.status().array("ports")) {
                if (each.asObject().number("guest") == guest) {
                    return each.asObject();
                }
            }
        }
        throw new AssertionError(guest + " is not published: " + sandbox.home().diagnosis());
    }

    @Override
    public void close() {
        program.close();
    }
}
