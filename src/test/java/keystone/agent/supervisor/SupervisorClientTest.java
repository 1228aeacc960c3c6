package keystone.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.JsonLines;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.store.Places;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A supervisor that misbehaves: what is said about it must lead to its own sandbox, whatever
/// directory one is in.
final class SupervisorClientTest {
    @TempDir Path temporary;
    private SandboxDir dir;
    private ServerSocketChannel supervisor;

    @BeforeEach
    void serve() throws IOException {
        var places =
                new Places(
                        temporary.resolve("state"),
                        temporary.resolve("cache"),
                        temporary.resolve("config"),
                        temporary.resolve("run"));
        Digest image = Digest.of("image");
        var spec =
                new SandboxSpec(
                        new SandboxName("blue"),
                        temporary,
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        ShareDriver.AUTO,
                        GitMode.DIRECT,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        List.of(),
                        null);
        dir = new Store(places).create(spec, "1").orElseThrow();
        PrivateFiles.createDirectories(dir.run().path());
        supervisor = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        supervisor.bind(UnixDomainSocketAddress.of(dir.run().controlSocket()));
    }

    @AfterEach
    void close() throws IOException {
        supervisor.close();
    }

    @Test
    void one_that_does_not_answer() throws Exception {
        try (SupervisorClient client = connect();
                SocketChannel _ = supervisor.accept()) {
            UserError error = errorOf(() -> client.stop(StopMode.GRACEFUL, Duration.ofMillis(10)));

            assertThat(error.problem())
                    .isEqualTo("the supervisor of `blue` did not answer `stop` within 0 s");
            assertThat(error.fix()).isEqualTo("keystone-agent stop --force blue");
        }
    }

    @Test
    void one_that_ends() throws Exception {
        try (SupervisorClient client = connect()) {
            supervisor.accept().close();

            assertThat(errorOf(client::status).fix())
                    .isEqualTo("keystone-agent logs --source supervisor blue");
        }
    }

    @Test
    void one_that_speaks_another_language() throws Exception {
        try (SupervisorClient client = connect();
                SocketChannel channel = supervisor.accept();
                Peer _ = answering(channel, Json.object().with("state", "dreaming"))) {
            UserError error = errorOf(client::status);

            assertThat(error.problem()).startsWith("the supervisor of `blue` speaks another");
            assertThat(error.fix())
                    .isEqualTo(
                            "keystone-agent stop --force blue"
                                    + " && keystone-agent start --name blue");
        }
    }

    private SupervisorClient connect() {
        return SupervisorClient.connect(dir, SupervisorClient.Listener.none()).orElseThrow();
    }

    private static UserError errorOf(ThrowingCallable asking) {
        return catchThrowableOfType(UserError.class, asking);
    }

    private static Peer answering(SocketChannel channel, Json answer) {
        var lines =
                new JsonLines(Channels.newInputStream(channel), Channels.newOutputStream(channel));
        return Peer.start(
                lines,
                new Peer.Handler() {
                    @Override
                    public Json request(Peer from, String method, Json.Obj params) {
                        return answer;
                    }

                    @Override
                    public void notification(String method, Json.Obj params) {}
                });
    }
}
