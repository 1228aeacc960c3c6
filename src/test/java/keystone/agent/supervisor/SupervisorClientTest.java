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
import java.time.Instant;
import java.util.concurrent.CopyOnWriteArrayList;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.JsonLines;
import keystone.agent.jsonrpc.Peer;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxState;
import keystone.agent.model.StopMode;
import keystone.agent.model.UserError;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.TestSandboxes;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A supervisor that misbehaves: what is said about it must lead to its own sandbox, whatever
/// directory one is in.
final class SupervisorClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir Path temporary;
    private SandboxDir dir;
    private ServerSocketChannel supervisor;

    @BeforeEach
    void serve() throws IOException {
        dir = TestSandboxes.blue(temporary);
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
            assertThat(error.fix())
                    .isEqualTo(
                            "keystone-agent stop --force blue   # gives up commits that were not fetched");
        }
    }

    @Test
    void nobody_who_waits_for_a_slow_one_is_told_to_give_up_commits() throws Exception {
        try (SupervisorClient client = connect();
                SocketChannel _ = supervisor.accept()) {
            assertThat(errorOf(client::status).fix())
                    .isEqualTo("keystone-agent status blue   # then again");
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
    void one_that_does_not_say_its_state_in_our_words() throws Exception {
        try (SupervisorClient client = connect();
                SocketChannel channel = supervisor.accept();
                Peer _ = answering(channel, _ -> Json.object().with("state", "dreaming"))) {
            UserError error = errorOf(client::status);

            assertThat(error.problem())
                    .isEqualTo(
                            "the supervisor of `blue` is of an earlier version and this is "
                                    + Program.running()
                                    + ", which ask for `status` in different ways");
            assertThat(error.fix()).isEqualTo("keystone-agent restart blue");
        }
    }

    @Test
    void one_of_another_protocol_is_asked_for_what_never_changes_and_nothing_else()
            throws Exception {
        var asked = new CopyOnWriteArrayList<String>();
        Answering of =
                method -> {
                    asked.add(method);
                    return method.equals("status")
                            ? status(new Speaker(new Program("9.0", "fedcba"), 9))
                            : Json.object();
                };
        try (SupervisorClient client = connect();
                SocketChannel channel = supervisor.accept();
                Peer _ = answering(channel, of)) {
            client.openSession("token");
            client.stop(StopMode.GRACEFUL, LIMIT);
            UserError error = errorOf(client::ports);

            assertThat(asked).containsExactly("session", "stop", "status");
            assertThat(error.problem())
                    .contains("is 9.0 (fedcba) and this is " + Program.running())
                    .contains("`ports`");
            assertThat(error.fix()).isEqualTo("keystone-agent restart blue");
            assertThat(error.kind()).isEqualTo(UserError.Kind.WRONG_STATE);
        }
    }

    @Test
    void one_of_another_program_that_speaks_the_same_is_asked_and_may_not_know() throws Exception {
        var earlier = new Speaker(new Program("0.0.9", "fedcba"), Speaker.self().protocol());
        Answering of =
                method -> {
                    if (method.equals("status")) {
                        return status(earlier);
                    }
                    throw RpcError.methodNotFound(method);
                };
        try (SupervisorClient client = connect();
                SocketChannel channel = supervisor.accept();
                Peer _ = answering(channel, of)) {
            UserError error = errorOf(client::ports);

            assertThat(error.problem()).contains("is 0.0.9 (fedcba) and this is");
            assertThat(error.fix()).isEqualTo("keystone-agent restart blue");
        }
    }

    @Test
    void one_of_before_supervisors_said_what_they_are() throws Exception {
        Answering of =
                method -> {
                    if (method.equals("status")) {
                        return Json.object().with("state", "running");
                    }
                    throw new RpcError(RpcError.INTERNAL_ERROR, "No enum constant");
                };
        try (SupervisorClient client = connect();
                SocketChannel channel = supervisor.accept();
                Peer _ = answering(channel, of)) {
            assertThat(client.status().program().version()).isEqualTo("of an earlier version");
            assertThat(errorOf(client::ports).problem()).contains("is of an earlier version");
        }
    }

    private static Json status(Speaker speaker) {
        return new Answer(new SandboxState.Running(Instant.EPOCH), null, speaker).toJson();
    }

    private SupervisorClient connect() {
        return SupervisorClient.connect(dir, SupervisorClient.Listener.none()).orElseThrow();
    }

    private static UserError errorOf(ThrowingCallable asking) {
        return catchThrowableOfType(UserError.class, asking);
    }

    private interface Answering {
        Json to(String method) throws RpcError;
    }

    private static Peer answering(SocketChannel channel, Answering answer) {
        var lines =
                new JsonLines(Channels.newInputStream(channel), Channels.newOutputStream(channel));
        return Peer.start(
                lines,
                new Peer.Handler() {
                    @Override
                    public Json request(Peer from, String method, Json.Obj params) throws RpcError {
                        return answer.to(method);
                    }

                    @Override
                    public void notification(String method, Json.Obj params) {}
                });
    }
}
