package keystone.agent.models;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.json.Json;

/// Models as agents reach them here: a server on this host's loopback that follows scripts. It is
/// asked as a server, or as the proxy before every server there is, with and without a tunnel;
/// never with TLS.
///
/// Give it to an installation as the host's own proxy, let a sandbox reach [#HOST], and tell its
/// agents that their models are there: then what they say leaves by the sandbox's exit.
public final class ModelServer implements AutoCloseable {
    /// The models' host, in the eyes of who asks us as a proxy.
    public static final String HOST = "models.example.com";

    /// Until all are there who are to be: less than agents wait for an answer.
    private static final Duration TOGETHER = Duration.ofMinutes(4);

    private static final List<Dialect> DIALECTS =
            List.of(new Anthropic(), new Responses(), new Gemini());

    private final ServerSocket listening;
    private final Map<String, Deque<Step>> scripts = new LinkedHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private ModelServer(ServerSocket listening) {
        this.listening = listening;
    }

    public static ModelServer open() throws IOException {
        var server = new ModelServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon().name("models").start(server::serveToTheEnd);
        return server;
    }

    /// For the host's variables.
    public String proxy() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return listening.getLocalPort();
    }

    /// What the model does, turn by turn, in every conversation that mentions `marker`; afterwards
    /// it says "That is all." Replaces what was to be done there.
    public void play(String marker, Step... steps) {
        synchronized (scripts) {
            scripts.put(marker, new ArrayDeque<>(List.of(steps)));
        }
    }

    /// Everything that was asked so far.
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private Step next(String conversation) {
        synchronized (scripts) {
            for (Map.Entry<String, Deque<Step>> each : scripts.entrySet()) {
                Deque<Step> steps = each.getValue();
                if (conversation.contains(each.getKey()) && !steps.isEmpty()) {
                    return steps.removeFirst();
                }
            }
        }
        return new Step.Say("That is all.");
    }

    /// What is to be done now; waits for those who have to be there first.
    private static Step due(Step step) throws IOException {
        if (!(step instanceof Step.Once(CountDownLatch all, Step then))) {
            return step;
        }
        all.countDown();
        try {
            if (all.await(TOGETHER.toSeconds(), TimeUnit.SECONDS)) {
                return then;
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("the others did not come");
    }

    private void serveToTheEnd() {
        try {
            while (true) {
                Socket client = listening.accept();
                open.add(client);
                // No virtual one: commands that a test waits for hold all that carry those.
                Thread.ofPlatform().daemon().name("model").start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            Request request = Request.read(in);
            if (request != null && request.method().equals("CONNECT")) {
                out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
                out.flush();
                request = Request.read(in);
            }
            if (request != null) {
                requests.add(request);
                answer(request, in, new Reply(out));
            }
        } catch (IOException gone) {
            // Its own choice.
        } finally {
            open.remove(client);
        }
    }

    private void answer(Request request, InputStream in, Reply reply) throws IOException {
        for (Dialect dialect : DIALECTS) {
            if (request.method().equals("POST") && dialect.understands(request)) {
                Json.Obj body = Json.parse(request.body()).asObject();
                Step step =
                        dialect.isTurn(body)
                                ? due(next(request.body()))
                                : new Step.Say(dialect.aside());
                dialect.answer(step, request, body, reply);
                if (step instanceof Step.Hang) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                return;
            }
        }
        reply.json(404, Json.object().with("error", "nothing is there"));
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
