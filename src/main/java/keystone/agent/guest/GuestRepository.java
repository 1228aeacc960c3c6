package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// The git directory on a guest's own disk, to which `/workspace/.git` leads there. It borrows the
/// host's objects, which the guest may read at [#BORROWED].
public final class GuestRepository {
    /// Where it is: its init makes it.
    public static final String DIRECTORY = "/run/ks-disk/git";

    /// Where the guest mounts what the host lends it, the repository's objects in `objects`.
    public static final String BORROWED = "/run/host-git";

    /// Generous: a few processes in an emulated guest on a busy host, and an index of some
    /// megabytes.
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private static final int PRIVATE = 0600;

    private final SandboxName name;
    private final Path config;

    /// Of a running guest.
    ///
    /// @param config as in [GuestAddress]
    public GuestRepository(SandboxName name, Path config) {
        this.name = name;
        this.config = config;
    }

    /// Makes it when the disk is new, and tells it of the host's refs.
    ///
    /// @param index the content of the host's index; empty when there is none that the guest can
    /// use
    /// @return the branches that both sides have moved; printable
    /// @throws UserError when the guest's git does not do it
    public List<String> follow(HostState host, byte[] index) throws InterruptedException {
        GuestRefs before = GuestRefs.parse(script(GuestScript.REFS, new byte[0]));
        Following following = Following.of(host, before);
        if (!following.isNothing()) {
            script(GuestScript.FOLLOW, tar(host, index, following));
        }
        return following.diverged().stream().map(Printable::of).toList();
    }

    /// Speaks as `git upload-pack` on its input and output: for a fetch.
    public Command uploadPack() {
        return SshCommand.shared(config, name, "exec git upload-pack --strict " + DIRECTORY);
    }

    private String script(String script, byte[] input) throws InterruptedException {
        Command.Finished finished;
        try {
            finished = SshCommand.shared(config, name, script).run(ANSWER, input);
        } catch (Command.TookTooLong tooLong) {
            throw failed("it did not answer within " + ANSWER.toSeconds() + " s");
        }
        if (!finished.ok()) {
            String said = finished.errors().strip();
            throw failed(Printable.of(said.substring(said.lastIndexOf('\n') + 1)));
        }
        return finished.output();
    }

    private UserError failed(String why) {
        return UserError.failed(
                "the guest's git could not follow the host's: " + why,
                "keystone-agent exec " + name + " -- git -C /workspace status");
    }

    private static byte[] tar(HostState host, byte[] index, Following following) {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes, 512, UTF_8.name())) {
            String commands = String.join("\n", following.commands());
            add(tar, "refs", (commands.isEmpty() ? "" : commands + "\n").getBytes(UTF_8));
            add(tar, "shallow", host.shallow().getBytes(UTF_8));
            String head = following.head();
            if (head != null) {
                add(tar, "HEAD", (head + "\n").getBytes(UTF_8));
            }
            if (following.takesIndex() && index.length > 0) {
                add(tar, "index", index);
            } else if (following.takesIndex()) {
                add(tar, "no-index", new byte[0]);
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setMode(PRIVATE);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
