package keystone.agent.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;

/// The files of a set of keys, and how they are made: 0600 in a directory of 0700, on the disk
/// before anybody relies on them.
final class SshKeyFiles {
    static final String USER = "id_ed25519";
    static final String USER_PUBLIC = "id_ed25519.pub";
    static final String HOST = "ssh_host_ed25519_key";
    static final String HOST_PUBLIC = "ssh_host_ed25519_key.pub";
    static final String KNOWN_HOSTS = "known_hosts";
    static final String TYPE = "ssh-ed25519 ";

    private static final Duration KEYGEN = Duration.ofSeconds(20);
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PRIVATE);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private SshKeyFiles() {}

    static void make(Path directory, SandboxName name) throws IOException, InterruptedException {
        Files.createDirectory(directory, PRIVATE_DIRECTORY);
        generate(directory.resolve(USER), name);
        generate(directory.resolve(HOST), name);
        write(
                directory.resolve(KNOWN_HOSTS),
                knownHosts(name, Files.readString(directory.resolve(HOST_PUBLIC))));
        for (String file : List.of(USER, USER_PUBLIC, HOST, HOST_PUBLIC)) {
            Files.setPosixFilePermissions(directory.resolve(file), PRIVATE);
            flush(directory.resolve(file));
        }
        flush(directory);
    }

    /// The comment is the sandbox's name: ssh-keygen's own would tell the guest who and where we
    /// are.
    private static void generate(Path file, SandboxName name) throws InterruptedException {
        Command.Finished made =
                Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "")
                        .with("-C", GuestAddress.alias(name), "-f", file.toString())
                        .run(KEYGEN);
        if (!made.ok()) {
            throw UserError.failed(
                    "ssh-keygen cannot make a key: " + Printable.of(made.errors().strip()),
                    "keystone-agent doctor");
        }
    }

    /// The line that pins the guest's host key under its alias, whatever the port.
    static String knownHosts(SandboxName name, String hostPublicKey) {
        String[] fields = hostPublicKey.strip().split(" ", 3);
        return fields.length < 2
                ? ""
                : GuestAddress.alias(name) + " " + fields[0] + " " + fields[1] + "\n";
    }

    private static void write(Path file, String content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PRIVATE_FILE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void flush(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
