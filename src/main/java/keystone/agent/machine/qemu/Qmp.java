package keystone.agent.machine.qemu;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.jsonrpc.JsonLines;
import org.jspecify.annotations.Nullable;

/// QEMU's monitor, spoken from our side (QEMU Machine Protocol): commands with answers, and events.
///
/// A guest may have taken QEMU over, so nothing it says is trusted: lines are bounded, what is not
/// understood ends the conversation, and every wait has a limit. Thread-safe.
final class Qmp implements AutoCloseable {
    /// Something that happened to the machine, such as `SHUTDOWN`.
    record Event(String name, Json.Obj data) {}

    private final JsonLines lines;
    private final Consumer<Event> listener;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<Json.Obj>> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<Json.Obj> greeting = new CompletableFuture<>();
    private volatile boolean ended;

    private Qmp(JsonLines lines, Consumer<Event> listener) {
        this.lines = lines;
        this.listener = listener;
    }

    /// Greets and negotiates; QEMU takes commands only after that.
    ///
    /// @param listener hears events on the reading thread, which must not be held up
    static Qmp open(JsonLines lines, Consumer<Event> listener, Duration limit)
            throws IOException, InterruptedException {
        var qmp = new Qmp(lines, listener);
        Thread.ofVirtual().name("qmp").start(qmp::read);
        await(qmp.greeting, "greeting", limit);
        qmp.execute("qmp_capabilities", Json.object(), limit);
        return qmp;
    }

    /// Runs a command.
    ///
    /// @return its answer; empty when that is no object
    /// @throws IOException when QEMU refuses, does not answer within the limit, or is gone
    Json.Obj execute(String command, Json.Obj arguments, Duration limit)
            throws IOException, InterruptedException {
        long id = lastId.incrementAndGet();
        var answer = new CompletableFuture<Json.Obj>();
        waiting.put(id, answer);
        try {
            if (ended) {
                throw new IOException("QEMU's monitor is gone");
            }
            lines.write(
                    Json.object()
                            .with("execute", command)
                            .with("arguments", arguments)
                            .with("id", id));
            return result(command, await(answer, command, limit));
        } finally {
            waiting.remove(id);
        }
    }

    /// What a command of the human monitor prints.
    String human(String commandLine, Duration limit) throws IOException, InterruptedException {
        Json.Obj arguments = Json.object().with("command-line", commandLine);
        return execute("human-monitor-command", arguments, limit).string("return");
    }

    private static Json.Obj result(String command, Json.Obj answer) throws IOException {
        if (answer.get("error") instanceof Json.Obj error) {
            throw new IOException("QEMU refused " + command + ": " + error.stringOrNull("desc"));
        }
        return answer;
    }

    private static Json.Obj await(CompletableFuture<Json.Obj> answer, String what, Duration limit)
            throws IOException, InterruptedException {
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            throw new IOException("QEMU gave no " + what + " within " + limit.toSeconds() + " s");
        } catch (ExecutionException gone) {
            throw new IOException("QEMU's monitor is gone", gone.getCause());
        }
    }

    private void read() {
        IOException why = new IOException("the end of the stream");
        try (lines) {
            for (var line = lines.read(); line.isPresent(); line = lines.read()) {
                take(line.get().asObject());
            }
        } catch (IOException | JsonException broken) {
            why = new IOException(broken);
        }
        ended = true;
        greeting.completeExceptionally(why);
        for (CompletableFuture<Json.Obj> answer : waiting.values()) {
            answer.completeExceptionally(why);
        }
    }

    private void take(Json.Obj message) {
        if (message.get("QMP") instanceof Json.Obj versions) {
            greeting.complete(versions);
            return;
        }
        String event = message.stringOrNull("event");
        if (event != null) {
            listener.accept(new Event(event, objectOrEmpty(message.get("data"))));
            return;
        }
        Long id = message.numberOrNull("id");
        CompletableFuture<Json.Obj> answer = id == null ? null : waiting.get(id);
        if (answer != null) {
            answer.complete(message);
        }
    }

    private static Json.Obj objectOrEmpty(@Nullable Json value) {
        return value instanceof Json.Obj object ? object : Json.object();
    }

    @Override
    public void close() {
        ended = true;
        try {
            lines.close();
        } catch (IOException alreadyGone) {
            // Nothing more to do with it.
        }
    }
}
