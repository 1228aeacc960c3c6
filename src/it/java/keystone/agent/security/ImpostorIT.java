package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressPolicy;
import keystone.agent.model.GitMode;
import keystone.agent.model.PortsPolicy;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShareDriver;
import keystone.agent.security.TestUser.MoreIds;
import keystone.agent.store.Places;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Another user of this host who takes the place of a supervisor is told nothing and obeyed in
/// nothing. Boots no guest.
@ExtendWith({Installations.class, RootRequired.class})
class ImpostorIT {
    private static final int NOBODY = 65534;

    private TestUser victim;
    private Installation home;
    private Project project;

    @BeforeEach
    void settle() throws IOException, InterruptedException {
        victim = TestUser.create(MoreIds.NONE);
        home = victim.installation();
        project = home.project("own");
        victim.own(home.projects());
    }

    @AfterEach
    void leave() {
        home.close();
        victim.close();
    }

    @Test
    void a_runtime_directory_that_somebody_else_made_first_is_not_used() throws Exception {
        Path taken = Path.of("/tmp/ka-" + victim.ids().uid());
        Files.createDirectory(taken);
        try {
            Files.setPosixFilePermissions(taken, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.setAttribute(taken, "unix:uid", NOBODY);

            for (String[] command :
                    new String[][] {
                        {"start", "-d", "-e", "TOKEN=x", project.path().toString()},
                        {"list"},
                        {"exec", "own", "--", "id"},
                    }) {
                Ended refused = home.keystone(command).with("XDG_RUNTIME_DIR", null).run();

                assertThat(refused.status()).as(refused.toString()).isEqualTo(1);
                assertThat(refused.errors()).contains(taken + " is not private to you", "fix:   ");
            }
            try (Stream<Path> planted = Files.list(taken)) {
                assertThat(planted).isEmpty();
            }
            assertThat(home.kept()).isEmpty();
        } finally {
            PrivateFiles.deleteTree(taken);
        }
    }

    @Test
    void whoever_serves_the_socket_as_another_user_is_told_nothing() throws Exception {
        SandboxDir dir = stoppedSandbox();
        PrivateFiles.createDirectories(dir.run().path());
        victim.own(home.root());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(dir.run().controlSocket()));
            Files.setPosixFilePermissions(
                    dir.run().controlSocket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            CompletableFuture<Integer> heard = CompletableFuture.supplyAsync(() -> listen(server));

            Ended refused = home.keystone("exec", "-e", "TOKEN=x", "own", "--", "id").run();

            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.errors()).contains("another user serves");
            assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
        }
        PrivateFiles.deleteTree(dir.run().path());
    }

    /// How many bytes a caller says before it hangs up; -1 for none.
    private static int listen(ServerSocketChannel server) {
        try (var caller = server.accept()) {
            return caller.read(ByteBuffer.allocate(1 << 10));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private SandboxDir stoppedSandbox() {
        Digest image = Digest.of("none");
        var spec =
                new SandboxSpec(
                        new SandboxName("own"),
                        project.path(),
                        image,
                        BuildId.create(image),
                        Resources.DEFAULT,
                        ShareDriver.AUTO,
                        GitMode.DIRECT,
                        EgressPolicy.USUAL,
                        PortsPolicy.USUAL,
                        java.util.List.of(),
                        null);
        var places =
                new Places(
                        home.state(), home.root(), home.root().resolve("config"), home.runtime());
        return new Store(places).create(spec, "test").orElseThrow();
    }
}
