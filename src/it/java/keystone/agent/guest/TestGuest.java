package keystone.agent.guest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import keystone.agent.it.FreePort;
import keystone.agent.model.Access;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.EgressMode;
import keystone.agent.model.Image;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Command;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;

/// A booted guest, both ends of it, shared by all tests of this room.
final class TestGuest implements AutoCloseable {
    static final SandboxName NAME = new SandboxName("blue");
    static final String NONCE = "0123456789abcdef";
    static final String GREETING = "it's\n\"hello\" $(there) `x` \\ é";
    static final Duration LIMIT = Duration.ofMinutes(1);

    private final Owned owned = new Owned();
    final Path directory;
    final BuildId buildId = BuildId.create(Digest.of("test"));
    final GuestAddress address;
    final Qemu machine;
    final Guest guest;
    final GuestSessions sessions;

    TestGuest(Image image) throws IOException, InterruptedException {
        directory = Files.createTempDirectory("ka");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        int port = FreePort.number();
        // Everything of ssh is under a name that its config has to quote.
        Path odd = Files.createDirectory(directory.resolve("it's 100% \"odd\" é"));
        SshKeys keys = SshKeys.ensure(odd.resolve("ssh"), NAME);
        Path vm = Files.createDirectory(directory.resolve("vm"));
        Files.createDirectory(vm.resolve("project"));
        Files.write(vm.resolve("config.tar"), config(keys).tar());
        address =
                new GuestAddress(
                        NAME,
                        port,
                        keys,
                        odd.resolve("ssh_config"),
                        odd.resolve("m.sock"),
                        SshCipher.OF_PLAIN_ARITHMETIC);
        machine = owned.own(Qemu.boot(image, vm, port));
        guest = owned.own(Guest.connect(address, LIMIT));
        sessions = new GuestSessions(NAME, address.config(), address.masterSocket());
    }

    private GuestConfig config(SshKeys keys) {
        return new GuestConfig(
                NAME,
                buildId,
                NONCE,
                new Owner(1000, 1000),
                keys,
                new GuestConfig.Files(
                        GuestConfig.FileSystem.NINE_P,
                        List.of(new GuestMount("workspace", "/workspace", Access.READ_WRITE)),
                        GuestConfig.GitDirectory.SHARED),
                EgressMode.NONE,
                new GuestConfig.Sessions(Map.of("GREETING", GREETING), null, null));
    }

    /// The host's side of `/workspace`.
    Path project() {
        return directory.resolve("vm/project");
    }

    /// What an exec gave.
    static final class Ran {
        private final int status;
        private final byte[] output;
        private final String errors;

        private Ran(int status, byte[] output, String errors) {
            this.status = status;
            this.output = output;
            this.errors = errors;
        }

        int status() {
            return status;
        }

        byte[] bytes() {
            return output.clone();
        }

        String output() {
            return new String(output, StandardCharsets.UTF_8);
        }

        String errors() {
            return errors;
        }
    }

    Ran exec(String... command) throws InterruptedException {
        return exec(new byte[0], request(ExactArguments.of(List.of(command))));
    }

    Ran exec(byte[] input, ExecRequest request) throws InterruptedException {
        var output = new ByteArrayOutputStream();
        var errors = new ByteArrayOutputStream();
        int status =
                sessions.exec(
                        request, new ExecStreams(new ByteArrayInputStream(input), output, errors));
        return new Ran(status, output.toByteArray(), errors.toString(StandardCharsets.UTF_8));
    }

    static ExecRequest request(ExactArguments command) {
        return new ExecRequest(command, "/workspace", Map.of(), SessionToken.create());
    }

    /// A process of its own that does what the command line does; see [SessionMain].
    OwnedProcess command(String verb, SessionToken token, String... words) {
        return ownCommand(verb, token, words).start();
    }

    Command ownCommand(String verb, SessionToken token, String... words) {
        var arguments = new ArrayList<String>();
        // Whoever runs the tests in the background has its shell ignore INT, which is inherited.
        arguments.addAll(List.of("env", "--default-signal=INT,TERM,HUP"));
        arguments.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        arguments.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SessionMain.class.getName(),
                        verb,
                        address.config().toString(),
                        address.masterSocket().toString(),
                        token.value()));
        arguments.addAll(List.of(words));
        return Command.of(arguments);
    }

    @Override
    public void close() {
        try {
            owned.close();
            Command.of("rm", "-rf", directory.toString()).run(LIMIT);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
