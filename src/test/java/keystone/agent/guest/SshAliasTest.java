package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What ssh makes of the block, and what bash makes of the script.
final class SshAliasTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir Path top;
    private Path odd;
    private SshAlias alias;

    @BeforeEach
    void alias() throws IOException {
        odd = Files.createDirectory(top.resolve("a b'c%d"));
        Path program = odd.resolve("keystone-agent");
        Files.writeString(
                program,
                "#!/bin/sh\necho \"$@\" in \"$HOME\" \"$XDG_STATE_HOME\" \"${XDG_RUNTIME_DIR-none}\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        alias =
                new SshAlias(
                        new SandboxName("blue"),
                        odd.resolve("ssh"),
                        odd.resolve("ssh_config"),
                        odd.resolve("a.sock"),
                        odd.resolve("ssh-connect"),
                        Programs.locate("bash").orElseThrow(),
                        program,
                        Map.of("HOME", odd.toString(), "XDG_STATE_HOME", "/the/state"));
        Files.writeString(odd.resolve("ssh-connect"), alias.script());
    }

    private Command.Finished ssh(String users, String... words) throws Exception {
        Path config = Files.writeString(odd.resolve("config"), alias.block() + users);
        return Command.of("ssh", "-F", config.toString()).with(words).run(LIMIT);
    }

    @Test
    void nothing_of_the_host_goes_along_whatever_the_user_has_set_for_all_hosts() throws Exception {
        String users =
                """
                Host *
                    User ada
                    ForwardAgent yes
                    ForwardX11 yes
                    ForwardX11Trusted yes
                    PermitLocalCommand yes
                    LocalCommand touch owned
                    StrictHostKeyChecking no
                    UpdateHostKeys yes
                    KnownHostsCommand /bin/true
                    IdentityAgent /run/agent
                    GSSAPIAuthentication yes
                    GSSAPIDelegateCredentials yes
                    PasswordAuthentication yes
                    ProxyJump elsewhere
                    Tunnel yes
                    ControlPersist yes
                """;

        Command.Finished asked = ssh(users, "-G", "ks-blue");

        assertThat(asked.ok()).as(asked.errors()).isTrue();
        assertThat(asked.output().lines())
                .contains(
                        "user sandbox",
                        "forwardagent no",
                        "forwardx11 no",
                        "forwardx11trusted no",
                        "permitlocalcommand no",
                        "stricthostkeychecking true",
                        "updatehostkeys false",
                        "identityagent none",
                        "gssapiauthentication no",
                        "gssapidelegatecredentials no",
                        "passwordauthentication no",
                        "tunnel false",
                        "controlpersist no",
                        "hostkeyalias ks-blue",
                        "userknownhostsfile " + odd.resolve("ssh/known_hosts"),
                        // Shown as it is written.
                        "identityfile " + (odd + "/ssh/id_ed25519").replace("%", "%%"),
                        "controlpath " + odd.resolve("a.sock"))
                .noneMatch(line -> line.startsWith("proxyjump"));
    }

    /// ssh would take whoever listens there for the guest.
    @Test
    void connections_are_not_shared_in_a_directory_that_somebody_else_could_make()
            throws Exception {
        Path ours = Files.createTempDirectory(Path.of("/tmp"), "ka-test-");
        alias =
                new SshAlias(
                        alias.name(),
                        alias.ssh(),
                        alias.connection(),
                        ours.resolve("id/a.sock"),
                        alias.scriptFile(),
                        alias.bash(),
                        alias.program(),
                        Map.of());
        try {
            assertThat(ssh("", "-G", "ks-blue").output().lines())
                    .contains("controlpath " + ours.resolve("id/a.sock"), "user sandbox");
        } finally {
            Files.delete(ours);
        }

        assertThat(ssh("", "-G", "ks-blue").output().lines())
                .contains("user sandbox")
                .noneMatch(line -> line.startsWith("controlpath /"));
    }

    @Test
    void a_sandbox_that_does_not_run_is_left_to_our_program() throws Exception {
        // It is no ssh server, so that ssh shows what it says.
        Command.Finished asked = ssh("", "-v", "ks-blue");

        assertThat(asked.errors()).contains("ssh-proxy blue in " + odd + " /the/state none");
    }

    @Test
    void a_second_attempt_that_finds_nobody_says_so_and_ends() throws Exception {
        Command.Finished done =
                Command.of("bash", odd.resolve("ssh-connect").toString(), "started").run(LIMIT);

        assertThat(done.status()).isEqualTo(255);
        assertThat(done.errors()).contains("error: nothing listens", "keystone-agent restart blue");
    }

    @Test
    void bytes_pass_both_ways_and_an_end_on_either_side_ends_it() throws Exception {
        byte[] bytes = new byte[1 << 20];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(
                    odd.resolve("ssh_config"), "Host x\n    Port " + server.getLocalPort() + "\n");
            var heard = new CompletableFuture<Integer>();
            Thread.startVirtualThread(() -> echo(server, bytes.length, heard));

            try (OwnedProcess pipe =
                    Command.of("bash", odd.resolve("ssh-connect").toString()).start()) {
                pipe.input().write(bytes);
                pipe.input().flush();
                // Its end is the server's: ours is still open.
                assertThat(new String(pipe.output().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("heard");
                assertThat(heard.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(bytes.length);
                pipe.input().close();
                assertThat(pipe.awaitExit(LIMIT)).isPresent();
            }
        }
    }

    @Test
    void nothing_is_left_when_ssh_is_gone() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            Files.writeString(
                    odd.resolve("ssh_config"), "Host x\n    Port " + server.getLocalPort() + "\n");
            try (OwnedProcess pipe =
                            Command.of("bash", odd.resolve("ssh-connect").toString()).start();
                    Socket socket = server.accept()) {
                socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
                pipe.input().close();

                assertThat(pipe.awaitExit(LIMIT)).isPresent();
                // Whoever still held the connection would keep this waiting.
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    private static void echo(ServerSocket server, int length, CompletableFuture<Integer> heard) {
        try (Socket socket = server.accept()) {
            int count = socket.getInputStream().readNBytes(length).length;
            socket.getOutputStream().write("heard".getBytes(StandardCharsets.UTF_8));
            heard.complete(count);
        } catch (IOException e) {
            heard.completeExceptionally(e);
        }
    }
}
