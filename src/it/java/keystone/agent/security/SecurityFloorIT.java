package keystone.agent.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Kernel;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SharedSandbox;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What every running sandbox owes to this host: private files, closed doors, filtered system
/// calls.
@ExtendWith(Installations.class)
class SecurityFloorIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Sandbox sandbox;

    SecurityFloorIT(SharedSandbox shared) {
        sandbox = shared.sandbox();
    }

    @Test
    void directories_are_0700_and_files_0600() throws IOException, InterruptedException {
        Installation home = sandbox.home();
        Project other = home.project("with-settings");
        other.write(".keystone/agent.toml", "cpus = 1\n");
        home.keystone("config", "approve", "--yes", other.path().toString()).run().succeeds();

        for (Path root : List.of(home.state(), home.runtime(), home.root().resolve("config"))) {
            try (Stream<Path> files = Files.walk(root)) {
                assertThat(files.map(SecurityFloorIT::mode).toList())
                        .hasSizeGreaterThan(3)
                        .allMatch(
                                line ->
                                        line.startsWith("rwx------ d")
                                                || line.startsWith("rw------- f"));
            }
        }
    }

    private static String mode(Path file) {
        try {
            String kind = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) ? " d " : " f ";
            return PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))
                    + kind
                    + file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void the_supervisor_and_qemu_listen_on_loopback_only() throws IOException {
        List<Long> all =
                new ArrayList<>(sandbox.processes().stream().map(Kernel.Seen::pid).toList());
        all.add(sandbox.supervisorPid());

        List<Sockets.Inet> sockets = Sockets.of(all);

        assertThat(sockets).filteredOn(Sockets.Inet::isListening).hasSize(1);
        assertThat(sockets).allMatch(Sockets.Inet::isOnLoopback);
    }

    @Test
    void qemus_system_calls_are_filtered() {
        var qemu = new ProcessView(sandbox.machinePid());

        assertThat(qemu.status("Seccomp")).isEqualTo("2");
        assertThat(qemu.arguments())
                .containsSequence(
                        "-sandbox",
                        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    }

    @Test
    void the_guests_sshd_offers_nothing_but_keys() throws Exception {
        String errors = ssh("sandbox", "PubkeyAuthentication=no").errors();

        assertThat(errors).contains("Permission denied (publickey).");
    }

    @Test
    void root_is_refused_even_with_the_key() throws Exception {
        String key = sandbox.dir().ssh().resolve("id_ed25519").toString();

        Command.Finished asRoot = ssh("root", "IdentityFile=" + key);
        Command.Finished asSandbox = ssh("sandbox", "IdentityFile=" + key);

        assertThat(asRoot.errors()).contains("Permission denied (publickey)");
        assertThat(asSandbox.status()).isZero();
    }

    @Test
    void another_key_is_refused(@TempDir Path temporary) throws Exception {
        String key = temporary.resolve("key").toString();
        Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).run(LIMIT);

        assertThat(ssh("sandbox", "IdentityFile=" + key).errors())
                .contains("Permission denied (publickey)");
    }

    /// As somebody else on this host would try it: without our files, believing any host key.
    private Command.Finished ssh(String user, String option) throws InterruptedException {
        return Command.of("ssh", "-F", "/dev/null", "-T", "-p", "" + port())
                .with("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
                .with("-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes")
                .with("-o", option, user + "@127.0.0.1", "true")
                .run(LIMIT);
    }

    private long port() throws InterruptedException {
        return sandbox.status().object("ssh").number("port");
    }
}
