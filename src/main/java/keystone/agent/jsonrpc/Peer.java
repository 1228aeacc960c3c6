package keystone.agent.jsonrpc;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import org.jspecify.annotations.Nullable;

/// One end of a JSON-RPC 2.0 conversation; both ends may ask.
///
/// One virtual thread reads. Notifications are handled on it, in order; each request is handled on
/// a virtual thread of its own, so a slow answer holds up nothing. Thread-safe.
public final class Peer implements AutoCloseable {
    /// An agent that asks without end must not fill a supervisor's memory; nobody of ours has more
    /// than a few open.
    private static final int MOST_UNANSWERED = 16;

    /// In bytes of memory, as what was asked is held until a person has answered. Who may say
    /// anything may ask for anything.
    private static final long HEAVIEST_UNANSWERED = 4 << 20;

    /// What the other side may ask of us.
    public interface Handler {
        /// Answers a request; an error answers with that error.
        Json request(Peer from, String method, Json.Obj params)
                throws RpcError, InterruptedException;

        /// Takes note of a notification; must return quickly.
        void notification(String method, Json.Obj params);
    }

    private final JsonLines lines;
    private final Handler handler;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<Json>> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private final Unanswered unanswered = new Unanswered();

    private Peer(JsonLines lines, Handler handler) {
        this.lines = lines;
        this.handler = handler;
    }

    /// Begins to read at once.
    ///
    /// On a platform thread: what a virtual one waits for is polled by a thread that never leaves
    /// native code, and a JVM waits 300 ms for such threads before it ends. Commands are short.
    public static Peer start(JsonLines lines, Handler handler) {
        return start(lines, handler, _ -> {});
    }

    /// The same, for whoever has to know it before the other side is heard.
    public static Peer start(JsonLines lines, Handler handler, Consumer<Peer> before) {
        var peer = new Peer(lines, handler);
        before.accept(peer);
        Thread.ofPlatform().daemon().name("json-rpc reader").start(peer::readToTheEnd);
        return peer;
    }

    /// Asks and waits.
    ///
    /// @throws RpcError what the other side answered, when it was an error
    /// @throws IOException when the conversation ended first
    /// @throws TimeoutException when the limit passed first
    public Json call(String method, Json.Obj params, Duration limit)
            throws RpcError, IOException, TimeoutException, InterruptedException {
        long id = lastId.incrementAndGet();
        var answer = new CompletableFuture<Json>();
        waiting.put(id, answer);
        try {
            send(request(method, params).with("id", id));
            if (ended.isDone()) {
                answer.completeExceptionally(new IOException("the conversation has ended"));
            }
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw asIs(failed);
        } finally {
            waiting.remove(id);
        }
    }

    private static IOException asIs(ExecutionException failed) throws RpcError {
        if (failed.getCause() instanceof RpcError error) {
            throw error;
        }
        return new IOException("the conversation ended", failed.getCause());
    }

    /// Tells without waiting for an answer. False when nobody is there any more.
    public boolean notify(String method, Json.Obj params) {
        try {
            send(request(method, params));
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private static Json.Obj request(String method, Json.Obj params) {
        return Json.object().with("jsonrpc", "2.0").with("method", method).with("params", params);
    }

    private void send(Json.Obj message) throws IOException {
        lines.write(message);
    }

    /// Waits until the other side has gone. False when the limit passed first.
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        try {
            ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillThere) {
            return false;
        } catch (ExecutionException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    /// Runs once the other side has gone; at once when it already has.
    public void onEnd(Runnable action) {
        var _ = ended.thenRun(action);
    }

    private void readToTheEnd() {
        try {
            for (Optional<Json> message = lines.read();
                    message.isPresent();
                    message = lines.read()) {
                received(message.get().asObject());
            }
        } catch (IOException | JsonException brokenConversation) {
            // Whoever waits for an answer learns of it below.
        } finally {
            end();
        }
    }

    private void received(Json.Obj message) throws IOException {
        try {
            receive(message);
        } catch (JsonException malformed) {
            if (!lines.isLenient()) {
                throw malformed;
            }
        }
    }

    private void receive(Json.Obj message) throws IOException {
        String method = message.stringOrNull("method");
        Json id = message.get("id");
        if (method == null) {
            answered(message);
        } else if (id == null) {
            handle(method, params(message));
        } else {
            Json.Obj params = params(message);
            long weight = lines.isLenient() ? Weight.of(message) : 0;
            if (!unanswered.add(weight, MOST_UNANSWERED, HEAVIEST_UNANSWERED)) {
                send(refusal(id));
                return;
            }
            Thread.ofVirtual().start(() -> answer(id, method, params, weight));
        }
    }

    /// What goes wrong with one notification, such as a full disk, is no reason to hear no more.
    private void handle(String method, Json.Obj params) {
        try {
            handler.notification(method, params);
        } catch (JsonException malformed) {
            throw malformed;
        } catch (RuntimeException notTaken) {
            // Nobody waits for an answer; whoever handles it tells what must be told.
        }
    }

    private static Json.Obj refusal(Json id) {
        var why = new RpcError(RpcError.INTERNAL_ERROR, "there are too many open requests");
        return Json.object().with("jsonrpc", "2.0").with("id", id).with("error", why.toJson());
    }

    private static Json.Obj params(Json.Obj message) {
        return message.get("params") instanceof Json.Obj params ? params : Json.object();
    }

    private void answered(Json.Obj message) {
        Long id = message.get("id") instanceof Json.Int(long number) ? number : null;
        CompletableFuture<Json> answer = id == null ? null : waiting.get(id);
        if (answer == null) {
            return;
        }
        if (message.get("error") instanceof Json.Obj error) {
            answer.completeExceptionally(asRpcError(error));
        } else {
            Json result = message.get("result");
            answer.complete(result == null ? Json.object() : result);
        }
    }

    /// Whoever waits for the answer learns of it, however malformed it is.
    private static RpcError asRpcError(Json.Obj error) {
        try {
            return RpcError.fromJson(error);
        } catch (JsonException malformed) {
            return new RpcError(RpcError.INTERNAL_ERROR, "the answer was a malformed error");
        }
    }

    private void answer(Json id, String method, Json.Obj params, long weight) {
        Json.Obj answer = Json.object().with("jsonrpc", "2.0").with("id", id);
        try {
            answer.with("result", handler.request(this, method, params));
        } catch (RpcError error) {
            answer.with("error", error.toJson());
        } catch (JsonException malformed) {
            String why = String.valueOf(malformed.getMessage());
            answer.with("error", new RpcError(RpcError.INVALID_PARAMS, why).toJson());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            String what = bug.getClass().getSimpleName() + ": " + bug.getMessage();
            answer.with("error", new RpcError(RpcError.INTERNAL_ERROR, what).toJson());
        }
        try {
            send(answer);
        } catch (IOException gone) {
            end();
        } finally {
            unanswered.remove(weight);
        }
    }

    /// Waits until everything that was asked of us has been answered. False when the limit passed
    /// first; may be called again then.
    public boolean awaitAnswered(Duration limit) throws InterruptedException {
        return unanswered.awaitNone(limit);
    }

    private void end() {
        ended.complete(null);
        waiting.values()
                .forEach(
                        answer ->
                                answer.completeExceptionally(
                                        new IOException("the conversation has ended")));
        try {
            lines.close();
        } catch (IOException alreadyGone) {
            // Nothing more to do with it.
        }
    }

    @Override
    public void close() {
        end();
    }
}
