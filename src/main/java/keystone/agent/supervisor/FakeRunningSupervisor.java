package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.LiveFacts;
import keystone.agent.model.Masking;
import keystone.agent.model.PortsNow;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.PublishedPort;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Watching;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.SupervisorLock;

/// Answers as the supervisor of a running sandbox does, without a guest: so that the build can
/// record what a command loads to understand such an answer. No command meets one.
public final class FakeRunningSupervisor implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final SupervisorLock lock;
    private final ControlServer server;

    private FakeRunningSupervisor(SupervisorLock lock, ControlServer server) {
        this.lock = lock;
        this.server = server;
    }

    /// Answers until it is closed.
    ///
    /// @param dir of a sandbox that nobody supervises; its lock is held meanwhile
    public static FakeRunningSupervisor of(SandboxDir dir)
            throws IOException, InterruptedException {
        SupervisorLock lock =
                dir.awaitLock(LIMIT)
                        .orElseThrow(() -> new IOException(dir.path() + " has a supervisor"));
        Files.createDirectories(dir.run().path());
        var answer = new Answer(new SandboxState.Running(Instant.EPOCH), facts());
        return new FakeRunningSupervisor(
                lock,
                ControlServer.open(dir.run().controlSocket(), new StatusAlone(answer.toJson())));
    }

    private static LiveFacts facts() {
        var port = new PublishedPort(8000, 8000, "python3", PublishedPort.By.ITSELF, "");
        return new LiveFacts(
                1,
                1,
                1,
                Instant.EPOCH,
                "kvm",
                "it works here",
                "virtiofs",
                "it works here",
                "protected",
                "the guest has its own",
                "Ada <ada@example.org>",
                "balanced",
                "it is the default",
                List.of("no capabilities"),
                new Watching(Watching.How.EVENTS, "they are nudged", 1, 1),
                new PortsNow(PortsPolicy.USUAL, List.of(port), ""),
                List.of("ANTHROPIC_API_KEY"),
                List.of(),
                new Masking(
                        List.of(".env"), List.of(new Masking.Exposed(".env.local", "new")), null),
                1);
    }

    /// @param answer to every question
    private record StatusAlone(Json.Obj answer) implements Peer.Handler {
        @Override
        public Json request(Peer from, String method, Json.Obj params) throws RpcError {
            if (method.equals(Methods.STATUS)) {
                return answer;
            }
            throw new RpcError(1, "this is a rehearsal");
        }

        @Override
        public void notification(String method, Json.Obj params) {
            // There is nothing to do.
        }
    }

    @Override
    public void close() {
        server.close();
        lock.close();
    }
}
