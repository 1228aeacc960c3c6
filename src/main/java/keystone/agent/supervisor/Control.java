package keystone.agent.supervisor;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import keystone.agent.guest.SessionToken;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.SandboxState;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Answers the control socket: turns requests into orders and waits until they are carried out.
final class Control implements Peer.Handler {
    /// Longer than any start-up or stop may take by its own limits.
    private static final long LONGEST_MINUTES = 15;

    private static final int MOST_QUOTED = 5;
    private static final int LONGEST_QUOTED = 1_000;

    private final BlockingQueue<Order> orders;
    private final Supplier<Answer> status;
    private final Sessions sessions;
    private final Runnable stopAsked;
    private final Identifying identifying;
    private final Controls controls;
    private final AtomicReference<Order.@Nullable Boot> boot = new AtomicReference<>();

    /// Tells the guest's git who commits.
    interface Identifying {
        void as(GitIdentity identity) throws InterruptedException;
    }

    /// @param stopAsked runs after a stop order was queued, so that a start-up can be cut short
    Control(
            BlockingQueue<Order> orders,
            Supplier<Answer> status,
            Sessions sessions,
            Runnable stopAsked,
            Identifying identifying,
            Controls controls) {
        this.orders = orders;
        this.status = status;
        this.sessions = sessions;
        this.stopAsked = stopAsked;
        this.identifying = identifying;
        this.controls = controls;
    }

    @Override
    public Json request(Peer from, String method, Json.Obj params)
            throws RpcError, InterruptedException {
        return switch (method) {
            case Methods.BOOT -> boot(BootOrder.fromJson(params));
            case Methods.STATUS -> status.get().toJson();
            case Methods.STOP ->
                    stop(
                            params.bool("force") ? StopMode.FORCE : StopMode.GRACEFUL,
                            "it was asked to");
            case Methods.IDENTITY -> identify(IdentityFormat.read(params));
            case Methods.SESSION -> {
                sessions.open(from, new SessionToken(params.string("token")));
                yield Json.object();
            }
            default -> other(method, params);
        };
    }

    private Json other(String method, Json.Obj params) throws RpcError, InterruptedException {
        try {
            return switch (method) {
                case Methods.PORTS, Methods.PORTS_CHANGE, Methods.PORTS_NEWS ->
                        controls.ports().request(method, params);
                case Methods.SECRETS, Methods.SECRET -> controls.secrets().request(method, params);
                default -> controls.net().request(method, params);
            };
        } catch (UserError error) {
            throw asRpcError(error);
        }
    }

    @Override
    public void notification(String method, Json.Obj params) {
        // A newer command may tell what we do not know.
        if (method.equals(Methods.SESSION_DONE)) {
            sessions.done(new SessionToken(params.string("token")));
        }
    }

    /// The first boot is carried out; whoever asks later waits for the same one. Nobody is told
    /// that a sandbox runs which is on its way down.
    Json boot(BootOrder what) throws RpcError, InterruptedException {
        if (status.get().state() instanceof SandboxState.Stopping) {
            throw asRpcError(
                    UserError.wrongState(
                            "sandbox `%s` is being stopped".formatted(what.spec().name()),
                            "keystone-agent start --name " + what.spec().name()));
        }
        var mine = new Order.Boot(what, new CompletableFuture<>());
        boolean first = boot.compareAndSet(null, mine);
        if (first) {
            orders.add(mine);
        }
        Order.Boot theOne = boot.get();
        await(theOne == null ? mine.done() : theOne.done());
        return Json.object().with("alreadyRunning", !first);
    }

    Json stop(StopMode mode, String why) throws RpcError, InterruptedException {
        var stop = new Order.Stop(mode, why, new CompletableFuture<>());
        orders.add(stop);
        stopAsked.run();
        await(stop.done());
        return Json.object();
    }

    private Json identify(GitIdentity identity) throws RpcError, InterruptedException {
        try {
            identifying.as(identity);
            return Json.object();
        } catch (UserError failed) {
            throw asRpcError(failed);
        }
    }

    private void await(CompletableFuture<Boolean> done) throws RpcError, InterruptedException {
        try {
            done.get(LONGEST_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException failed) {
            throw asRpcError(failed.getCause());
        } catch (TimeoutException late) {
            throw new RpcError(UserError.Kind.TIMED_OUT.exitCode(), "it took too long");
        }
    }

    RpcError asRpcError(@Nullable Throwable cause) {
        if (cause instanceof UserError error) {
            Json.Obj data =
                    Json.object()
                            .with("fix", redacted(error.fix()))
                            .with("quoted", Json.array(lastOf(error.quoted()), Json::string));
            return new RpcError(error.kind().exitCode(), redacted(error.problem()), data);
        }
        return new RpcError(UserError.Kind.FAILED.exitCode(), redacted("internal error: " + cause));
    }

    /// What a program said last, which is most often why it failed.
    private List<String> lastOf(List<String> quoted) {
        return quoted.subList(Math.max(0, quoted.size() - MOST_QUOTED), quoted.size()).stream()
                .map(this::redacted)
                .map(line -> line.substring(0, Math.min(line.length(), LONGEST_QUOTED)))
                .toList();
    }

    private String redacted(String text) {
        return controls.secrets().redactor().redact(text);
    }
}
