package keystone.agent.task;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.JsonLines;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.TaskOrder.Permissions;
import keystone.agent.model.TaskQuestion;
import keystone.agent.model.TaskUpdate;
import keystone.agent.model.UserError;
import keystone.agent.process.Complaints;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// A conversation in the Agent Client Protocol, version 1: JSON-RPC on the agent's standard input
/// and output. Nothing that the agent says ends it but its own end.
final class AcpSession implements AgentSession {
    /// What is longer is passed over: a supervisor is small.
    private static final int LONGEST_LINE = 1 << 20;

    private static final int MOST_NAMED = 20;
    private static final int LONGEST_NAME = 80;
    private static final int LONGEST_REASON = 2_000;

    private static final int AUTHENTICATION = -32000;

    /// Agents are large programs, and a guest may be emulated.
    private static final Duration START = Duration.ofMinutes(5);

    private static final Duration A_LONG_TIME = Duration.ofDays(365);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final int NO_SUCH_PROGRAM = 127;
    private static final Pattern NO_NAME = Pattern.compile("(?!)");

    /// How one begins.
    ///
    /// @param directory where the agent works
    /// @param earlier the agent's name of a session to go on with; null for a new one
    /// @param task what it was asked first, for when it has to begin anew
    /// @param model which it is to use; null for its own choice
    /// @param attached comes with the first prompt of a new session
    record Setup(
            AgentSpec.Acp agent,
            Permissions permissions,
            String directory,
            @Nullable String earlier,
            String task,
            @Nullable String model,
            List<Attachment> attached) {
        Setup(
                AgentSpec.Acp agent,
                Permissions permissions,
                String directory,
                @Nullable String earlier) {
            this(agent, permissions, directory, earlier, "", null, List.of());
        }
    }

    private final Setup setup;
    private final AgentListener listener;
    private final OwnedProcess process;
    private final Peer peer;
    private final Complaints complaints = new Complaints(NO_NAME);
    private final Thread complaining;
    private final TurnWatch turn = new TurnWatch();
    private final Attempts attempts = new Attempts();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile String session = "";

    /// What it says that it can, and how its session began.
    private Json.Obj abilities = Json.object();

    private Json.Obj opened = Json.object();
    private boolean isFirst;

    /// Whether there was a session to go on with, which the agent does not have any more.
    private boolean isLost;

    /// What is heard before the first prompt is of no interest: it repeats an earlier conversation.
    private volatile boolean prompted;

    private volatile boolean cancelled;

    private AcpSession(Setup setup, AgentListener listener, OwnedProcess process) {
        this.setup = setup;
        this.isFirst = setup.earlier() == null;
        this.listener = listener;
        this.process = process;
        this.complaining =
                PipeThread.start("an agent's errors", () -> complaints.read(process.errors()));
        JsonLines lines =
                JsonLines.skipping(
                        process.output(), process.input(), LONGEST_LINE, AcpSession::ignore);
        this.peer = Peer.start(lines, new Hearing());
    }

    /// Agents print what they like between their messages.
    private static void ignore(String line) {}

    /// Starts the agent, and greets it.
    ///
    /// @throws UserError when it cannot be talked to
    static AcpSession open(AgentLauncher launcher, Setup setup, AgentListener listener)
            throws InterruptedException {
        AgentSpec.Acp agent = setup.agent();
        OwnedProcess process = launcher.start(agent.command(), agent.environment());
        var session = new AcpSession(setup, listener, process);
        try {
            session.greet();
            return session;
        } catch (RuntimeException | InterruptedException failed) {
            session.close();
            throw failed;
        }
    }

    private void greet() throws InterruptedException {
        Json.Obj hello = call("initialize", AcpGreeting.params());
        if (Members.number(hello, "protocolVersion") != AcpGreeting.VERSION) {
            throw failed("it speaks another version of the protocol");
        }
        abilities = Members.object(hello, "agentCapabilities");
        enter();
        listener.update(new TaskUpdate.Session(session));
        chooseModel();
        AgentSpec.Modes modes = setup.agent().modes();
        if (modes != null) {
            String mode = setup.permissions() == Permissions.ASK ? modes.asking() : modes.free();
            Json.Obj _ =
                    call(
                            "session/set_mode",
                            Json.object().with("sessionId", session).with("modeId", mode));
        }
    }

    private void enter() throws InterruptedException {
        String earlier = setup.earlier();
        if (earlier == null) {
            begin();
            return;
        }
        if (!(abilities.get("loadSession") instanceof Json.Bool(boolean loads) && loads)) {
            throw failed("it cannot go on with an earlier session");
        }
        try {
            opened = ask("session/load", where().with("sessionId", earlier));
            session = earlier;
        } catch (RpcError lost) {
            isLost = true;
            isFirst = true;
            listener.update(
                    new TaskUpdate.Note(
                            "it does not have its earlier session any more, and begins anew: "
                                    + said(lost)));
            begin();
        }
    }

    private Json.Obj where() {
        return Json.object().with("cwd", setup.directory()).with("mcpServers", Json.array());
    }

    private void begin() throws InterruptedException {
        opened = call("session/new", where());
        session = Members.text(opened, "sessionId");
        if (session.isEmpty()) {
            throw failed("it began no session");
        }
    }

    private void chooseModel() throws InterruptedException {
        String model = setup.model();
        if (model == null) {
            return;
        }
        List<String> offered = AcpModel.offered(opened);
        switch (AcpModel.choose(opened, session, model)) {
            case AcpModel.Fixed _ -> throw failed("it lets nobody choose a model");
            case AcpModel.Choice(String method, Json.Obj params) -> {
                try {
                    Json.Obj _ = call(method, params);
                } catch (UserError refused) {
                    throw failed(
                            "it does not take the model `%s`; it offers: %s"
                                    .formatted(model, named(offered)));
                }
            }
        }
    }

    private static String named(List<String> models) {
        String some =
                models.stream()
                        .limit(MOST_NAMED)
                        .map(each -> Members.cut(each, LONGEST_NAME))
                        .collect(Collectors.joining(", "));
        return models.size() > MOST_NAMED ? some + ", and others" : some;
    }

    @Override
    public Turn prompt(String text) throws InterruptedException {
        if (cancelled) {
            return new Turn.Cancelled();
        }
        turn.begin();
        prompted = true;
        List<Attachment> attached = isFirst ? setup.attached() : List.of();
        isFirst = false;
        String words = isLost ? AcpPrompt.anew(setup.task(), text) : text;
        isLost = false;
        Json.Obj params =
                Json.object()
                        .with("sessionId", session)
                        .with("prompt", AcpPrompt.of(words, attached, abilities));
        Turn ended = turn(params);
        attempts.end(ended).ifPresent(listener::update);
        return ended;
    }

    private Turn turn(Json.Obj params) throws InterruptedException {
        try {
            Json answer = peer.call("session/prompt", params, A_LONG_TIME);
            return turn.end(answer instanceof Json.Obj result ? result : Json.object(), cancelled);
        } catch (RpcError error) {
            return cancelled ? new Turn.Cancelled() : new Turn.Failed(said(error));
        } catch (IOException gone) {
            return cancelled ? new Turn.Cancelled() : new Turn.Failed(howItEnded());
        } catch (TimeoutException never) {
            return new Turn.Failed("it took longer than a year");
        }
    }

    /// Before the first prompt.
    private Json.Obj call(String method, Json.Obj params) throws InterruptedException {
        try {
            return ask(method, params);
        } catch (RpcError error) {
            throw failed(said(error));
        }
    }

    private Json.Obj ask(String method, Json.Obj params) throws InterruptedException, RpcError {
        try {
            return peer.call(method, params, START) instanceof Json.Obj result
                    ? result
                    : Json.object();
        } catch (IOException gone) {
            throw failed(howItEnded());
        } catch (TimeoutException late) {
            throw failed("it did not answer `%s` within %d s".formatted(method, START.toSeconds()));
        }
    }

    /// Many agents say `Internal error`, and what it was beside that.
    private static String said(RpcError error) {
        Json.Obj data = error.data();
        String details = data == null ? "" : Members.text(data, "details");
        String said =
                Members.cut(
                        error.getMessage() + (details.isEmpty() ? "" : ": " + details),
                        LONGEST_REASON);
        return error.code() == AUTHENTICATION && !said.contains("uthent")
                ? "it has no credential: " + said
                : said;
    }

    private UserError failed(String why) {
        return UserError.failed(
                "the agent `" + setup.agent().name() + "` cannot be used: " + why,
                "keystone-agent agents list");
    }

    private String howItEnded() throws InterruptedException {
        OptionalInt status = process.awaitExit(LAST_WORDS);
        // What it said last may still be in the pipe.
        boolean _ = complaining.join(LAST_WORDS);
        String last = complaints.lines().isEmpty() ? "" : ": " + complaints.lines().getLast();
        if (last.isEmpty() && status.isPresent() && status.getAsInt() == NO_SUCH_PROGRAM) {
            return "the guest has no program `" + setup.agent().command().getFirst() + "`";
        }
        return "the agent's program ended"
                + (status.isPresent() ? " with status " + status.getAsInt() : "")
                + last;
    }

    @Override
    public void cancel() {
        cancelled = true;
        boolean _ = peer.notify("session/cancel", Json.object().with("sessionId", session));
    }

    @Override
    public void close() {
        cancelled = true;
        // First, as somebody may be stuck in a write to it.
        process.close();
        peer.close();
    }

    private void heard(Json.Obj update) {
        if (!prompted) {
            return;
        }
        Optional<TaskUpdate> known = AcpUpdates.of(update);
        known.ifPresentOrElse(each -> turn.heard(update, each), () -> turn.status(update));
        known.ifPresent(each -> attempts.of(each).forEach(listener::update));
    }

    private String nextQuestion() {
        return "q" + questions.incrementAndGet();
    }

    private final class Hearing implements Peer.Handler {
        private final PermissionPolicy policy = new PermissionPolicy(setup.permissions(), listener);

        @Override
        public Json request(Peer from, String method, Json.Obj params)
                throws RpcError, InterruptedException {
            return switch (method) {
                case "session/request_permission" -> permission(params);
                case "elicitation/create" -> elicit(params);
                default -> throw RpcError.methodNotFound(Members.cut(method, 100));
            };
        }

        private Json permission(Json.Obj params) throws InterruptedException {
            Json.Obj call = Members.object(params, "toolCall");
            AcpUpdates.tool(call).ifPresent(AcpSession.this::tool);
            String title = Members.text(call, "title");
            if (cancelled) {
                // Who cancels may have seen what it is about to do.
                return PermissionPolicy.cancelled();
            }
            return policy.decide(params, title, nextQuestion());
        }

        private Json elicit(Json.Obj params) throws InterruptedException {
            if (cancelled) {
                return Json.object().with("action", "cancel");
            }
            if (!Members.text(params, "mode").equals("form")) {
                listener.update(
                        new TaskUpdate.Note(
                                "the agent wants a web page to be opened, which nobody can: "
                                        + Members.text(params, "url")));
                return Json.object().with("action", "decline");
            }
            TaskQuestion question = AcpForm.question(params, nextQuestion());
            return listener.ask(question)
                    .map(answer -> AcpForm.result(question, answer))
                    .orElseGet(() -> Json.object().with("action", "cancel"));
        }

        @Override
        public void notification(String method, Json.Obj params) {
            if (method.equals("session/update")) {
                heard(Members.object(params, "update"));
            }
        }
    }

    private void tool(TaskUpdate update) {
        turn.heard(Json.object(), update);
        listener.update(update);
    }
}
