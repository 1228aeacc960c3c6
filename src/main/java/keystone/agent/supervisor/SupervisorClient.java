package keystone.agent.supervisor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import keystone.agent.egress.BalancedHosts;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.jsonrpc.JsonLines;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.HostName;
import keystone.agent.model.HostPattern;
import keystone.agent.model.NetCheck;
import keystone.agent.model.PortNews;
import keystone.agent.model.PortsChange;
import keystone.agent.model.PortsNow;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SecretName;
import keystone.agent.model.StopMode;
import keystone.agent.model.TaskAnswer;
import keystone.agent.model.TaskId;
import keystone.agent.model.TaskOrder;
import keystone.agent.model.TaskState;
import keystone.agent.model.UserError;
import keystone.agent.process.Owned;
import keystone.agent.store.PolicyFormat;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TaskFormat;
import org.jspecify.annotations.Nullable;

/// The other end of a supervisor's control socket. Each request may be made from any thread.
public final class SupervisorClient implements Owned.Ending {
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(3);
    private static final Duration IDENTITY_LIMIT = Duration.ofSeconds(40);
    /// Longer than a look-up may take.
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(20);

    /// Somebody may have to unlock what a secret is read from.
    private static final Duration SECRETS_LIMIT = Duration.ofSeconds(80);

    /// A look at the project's repository is part of it.
    private static final Duration TASK_LIMIT = Duration.ofSeconds(60);

    private static final Duration CANCEL_LIMIT = Duration.ofMinutes(4);
    private static final Duration SESSION_LIMIT = Duration.ofSeconds(10);

    /// Hears of a boot's steps; called on the connection's reading thread.
    public interface Listener {
        void began(String step);

        void passed(String step, Duration took);

        void notice(String sentence);

        /// Hears nothing.
        static Listener none() {
            return new Listener() {
                @Override
                public void began(String step) {}

                @Override
                public void passed(String step, Duration took) {}

                @Override
                public void notice(String sentence) {}
            };
        }
    }

    private final SandboxName name;
    private final Peer peer;
    private volatile @Nullable Speaker speaker;

    private SupervisorClient(SandboxName name, Peer peer) {
        this.name = name;
        this.peer = peer;
    }

    /// Connects, or empty when nobody listens there.
    public static Optional<SupervisorClient> connect(SandboxDir dir, Listener listener) {
        SocketChannel channel = open(dir.run().controlSocket());
        if (channel == null) {
            return Optional.empty();
        }
        var lines =
                new JsonLines(Channels.newInputStream(channel), Channels.newOutputStream(channel));
        Peer peer = Peer.start(lines, new Hearing(listener));
        return Optional.of(new SupervisorClient(dir.name(), peer));
    }

    private static @Nullable SocketChannel open(Path controlSocket) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            if (connects(channel, controlSocket)) {
                return channel;
            }
            channel.close();
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("cannot open a Unix socket", e);
        }
    }

    /// Whoever serves it will be told secrets, so it must be us.
    private static boolean connects(SocketChannel channel, Path controlSocket) throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(controlSocket));
        } catch (IOException nobodyThere) {
            return false;
        }
        if (!SameUser.isAt(channel)) {
            channel.close();
            throw UserError.failed(
                    "another user serves " + controlSocket,
                    "export XDG_RUNTIME_DIR=/run/user/$(id -u)");
        }
        return true;
    }

    /// Brings the sandbox up, or joins whoever is doing so.
    ///
    /// @return whether it was running already
    public boolean boot(BootOrder order, Duration limit) throws InterruptedException {
        return ask(Methods.BOOT, order.toJson(), limit, done -> done.bool("alreadyRunning"));
    }

    /// What it is doing right now.
    ///
    /// @throws UserError of kind TIMED_OUT when it does not answer
    public Answer status() throws InterruptedException {
        Answer answer = ask(Methods.STATUS, Json.object(), STATUS_LIMIT, Answer::fromJson);
        speaker = answer.speaker();
        return answer;
    }

    /// Who is at the other end.
    private Speaker speaker() throws InterruptedException {
        Speaker known = speaker;
        return known == null ? status().speaker() : known;
    }

    /// What may leave at the moment.
    public EgressPolicy netPolicy() throws InterruptedException {
        return ask(Methods.NET, Json.object(), STATUS_LIMIT, PolicyFormat::read);
    }

    /// Adds a rule, which holds at once.
    ///
    /// @return what may leave now
    public EgressPolicy addNetRule(EgressPolicy.Rule rule, EgressPolicy.Holding holding)
            throws InterruptedException {
        Json.Obj params =
                Json.object()
                        .with("host", rule.pattern().toString())
                        .with("allow", rule.effect() == EgressPolicy.Effect.ALLOW)
                        .with("once", holding == EgressPolicy.Holding.ONCE);
        return ask(Methods.NET_RULE, params, STATUS_LIMIT, PolicyFormat::read);
    }

    /// What the mode `balanced` allows; the same for every sandbox.
    public static List<HostPattern> balancedHosts() {
        return BalancedHosts.read().patterns();
    }

    /// What of its ports is on this host.
    public PortsNow ports() throws InterruptedException {
        return ask(Methods.PORTS, Json.object(), STATUS_LIMIT, PortsWire::now);
    }

    /// Has other ports published; that holds at once.
    ///
    /// @return what is published now
    public PortsNow changePorts(PortsChange change) throws InterruptedException {
        return ask(Methods.PORTS_CHANGE, PortsWire.write(change), CHECK_LIMIT, PortsWire::now);
    }

    /// What has been said of the ports after the first `known` sentences; waits a while for one.
    ///
    /// @param known negative for how many there were
    public PortNews portNews(long known) throws InterruptedException {
        return ask(
                Methods.PORTS_NEWS,
                Json.object().with("known", known),
                PortsControl.LONGEST_WAIT.plus(STATUS_LIMIT),
                PortsWire::news);
    }

    /// What would become of a connection.
    public NetCheck netCheck(HostName host, int port) throws InterruptedException {
        Json.Obj params = Json.object().with("host", host.text()).with("port", port);
        return ask(Methods.NET_CHECK, params, CHECK_LIMIT, NetChecks::fromJson);
    }

    /// Gives an agent a task.
    ///
    /// @return its id
    public TaskId submit(TaskOrder order) throws InterruptedException {
        return ask(
                Methods.TASK_SUBMIT,
                TaskFormat.write(order),
                TASK_LIMIT,
                done -> new TaskId(done.string("id")));
    }

    /// The tasks that have not ended.
    public Map<TaskId, TaskState> tasks() throws InterruptedException {
        return ask(Methods.TASK_LIST, Json.object(), STATUS_LIMIT, TaskStates::read);
    }

    public void answer(TaskId id, TaskAnswer answer) throws InterruptedException {
        Json.Obj params =
                Json.object().with("id", id.value()).with("answer", TaskFormat.write(answer));
        var _ = ask(Methods.TASK_ANSWER, params, TASK_LIMIT, done -> done);
    }

    /// Says something more to a task's agent.
    public void reply(TaskId id, String prompt) throws InterruptedException {
        Json.Obj params = Json.object().with("id", id.value()).with("prompt", prompt);
        var _ = ask(Methods.TASK_REPLY, params, TASK_LIMIT, done -> done);
    }

    /// Has a task's agent go on where it was cut off.
    public void resume(TaskId id) throws InterruptedException {
        Json.Obj params = Json.object().with("id", id.value());
        var _ = ask(Methods.TASK_RESUME, params, TASK_LIMIT, done -> done);
    }

    /// Ends a task; returns once nothing of it runs.
    public void cancel(TaskId id) throws InterruptedException {
        Json.Obj params = Json.object().with("id", id.value());
        var _ = ask(Methods.TASK_CANCEL, params, CANCEL_LIMIT, done -> done);
    }

    /// Takes the sandbox down; returns once every process of it is gone, or the supervisor is.
    public void stop(StopMode mode, Duration limit) throws InterruptedException {
        Json.Obj params = Json.object().with("force", mode == StopMode.FORCE);
        try {
            var _ = call(Methods.STOP, params, limit, done -> done);
        } catch (IOException ended) {
            // With a supervisor its children end; whoever asked verifies that.
        }
    }

    /// Has the guest's git name this one from now on.
    public void identify(GitIdentity identity) throws InterruptedException {
        var _ = ask(Methods.IDENTITY, IdentityFormat.write(identity), IDENTITY_LIMIT, done -> done);
    }

    /// Has the guest told of the secrets that there are now.
    ///
    /// @return what could not be given to it, a sentence each
    public List<String> refreshSecrets() throws InterruptedException {
        return ask(
                Methods.SECRETS,
                Json.object(),
                SECRETS_LIMIT,
                done ->
                        done.array("problems").stream()
                                .map(each -> each.asString("problem"))
                                .toList());
    }

    /// The value of a secret, for a session to which the user gives it.
    public String secret(SecretName secret) throws InterruptedException {
        Json.Obj params = Json.object().with("name", secret.value());
        return ask(Methods.SECRET, params, SECRETS_LIMIT, done -> done.string("value"));
    }

    /// Registers a session that lasts until this client is closed, also when this process is
    /// killed.
    public void openSession(String token) throws InterruptedException {
        Json.Obj params = Json.object().with("token", token);
        var _ = ask(Methods.SESSION, params, SESSION_LIMIT, done -> done);
    }

    /// Says that the session's command ended by itself, so that what it left in the background is
    /// left alone.
    public void sessionDone(String token) {
        peer.notify(Methods.SESSION_DONE, Json.object().with("token", token));
    }

    /// Waits until the supervisor has hung up, which it does as it ends.
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return peer.awaitEnd(limit);
    }

    private <T> T ask(
            String method, Json.Obj params, Duration limit, Function<Json.Obj, T> understand)
            throws InterruptedException {
        try {
            return call(method, params, limit, understand);
        } catch (IOException ended) {
            throw UserError.failed(
                    "the supervisor of `" + name + "` ended while it was asked to " + method,
                    "keystone-agent logs --source supervisor " + name);
        }
    }

    /// Calls a method.
    ///
    /// @throws IOException when the supervisor has ended, which is not a failure to every caller
    private <T> T call(
            String method, Json.Obj params, Duration limit, Function<Json.Obj, T> understand)
            throws IOException, InterruptedException {
        if (!Methods.LASTING.contains(method) && !speaker().mayUnderstand()) {
            throw speaker().misunderstood(name, method);
        }
        try {
            return understand.apply(peer.call(method, params, limit).asObject());
        } catch (RpcError error) {
            throw error.isOfTheProtocol() ? misunderstood(method, error) : ToldError.of(error);
        } catch (TimeoutException late) {
            throw UserError.timedOut(
                    "the supervisor of `%s` did not answer `%s` within %d s"
                            .formatted(name, method, limit.toSeconds()),
                    fixWhenLate(method));
        } catch (JsonException malformed) {
            throw misunderstood(method, malformed);
        }
    }

    /// It may only be slow, or the host: nothing that loses a guest's commits, but for whoever
    /// waits for a stop. And what was asked for may have been done all the same.
    private String fixWhenLate(String method) {
        return switch (method) {
            case Methods.STOP ->
                    "keystone-agent stop --force "
                            + name
                            + "   # gives up commits that were not fetched";
            case Methods.TASK_SUBMIT -> "keystone-agent task list   # it may be there already";
            default -> "keystone-agent status " + name + "   # then again";
        };
    }

    /// Between two of one program that is a mistake of ours.
    private UserError misunderstood(String method, Exception how) throws InterruptedException {
        Speaker there = method.equals(Methods.STATUS) ? Speaker.EARLIER : speaker();
        return there.isThisProgram()
                ? UserError.failed(
                        "the supervisor of `%s` and this command misunderstand each other about `%s`: %s"
                                .formatted(name, method, how.getMessage()),
                        "keystone-agent restart " + name)
                : there.misunderstood(name, method);
    }

    @Override
    public void close() {
        peer.close();
    }

    private record Hearing(Listener listener) implements Peer.Handler {
        @Override
        public Json request(Peer from, String method, Json.Obj params) throws RpcError {
            throw RpcError.methodNotFound(method);
        }

        @Override
        public void notification(String method, Json.Obj params) {
            switch (method) {
                case Methods.BEGIN -> listener.began(params.string("name"));
                case Methods.STEP ->
                        listener.passed(
                                params.string("name"), Duration.ofMillis(params.number("millis")));
                case Methods.NOTICE -> listener.notice(params.string("sentence"));
                default -> {
                    // A newer supervisor may tell more than we understand.
                }
            }
        }
    }
}
