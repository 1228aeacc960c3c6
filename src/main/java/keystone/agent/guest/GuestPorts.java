package keystone.agent.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import keystone.agent.model.GuestListener;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Complaints;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;

/// The ports of a guest on which something listens, and ways there, for as long as this is open.
///
/// One ssh connection of its own does both: the resource `ports/listeners.py` runs over it and says
/// who listens, and Unix sockets of this host are forwarded over it.
public final class GuestPorts implements Owned.Ending {
    private static final String PROGRAM = "/ports/listeners.py";
    private static final Duration FORWARD = Duration.ofSeconds(10);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    private final SandboxName name;
    private final Path config;
    private final Path control;
    private final OwnedProcess ssh;
    private final Complaints complaints = new Complaints(NOTHING);
    private final Thread errors;

    private GuestPorts(SandboxName name, Path config, Path control, OwnedProcess ssh) {
        this.name = name;
        this.config = config;
        this.control = control;
        this.ssh = ssh;
        this.errors = PipeThread.start("ports", () -> complaints.read(ssh.errors()));
    }

    /// Begins, and waits for nothing.
    ///
    /// @param config as in [GuestAddress]
    /// @param control where ssh is asked for forwards; not there yet
    public static GuestPorts start(SandboxName name, Path config, Path control) {
        String remote = "exec python3 -I -S -c " + ShellWord.of(program());
        OwnedProcess ssh = SshCommand.ports(config, name, control, remote).start();
        return new GuestPorts(name, config, control, ssh);
    }

    private static String program() {
        try (InputStream in =
                Objects.requireNonNull(GuestPorts.class.getResourceAsStream(PROGRAM))) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + PROGRAM, e);
        }
    }

    /// Who listens; the next time, once that has changed. Of its own thread, which nobody else
    /// needs.
    ///
    /// @return empty once the connection has ended
    public Optional<List<GuestListener>> next() {
        try {
            return ListenerLines.next(ssh.output());
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /// Has what connects to a socket of this host carried to a port of the guest.
    ///
    /// @param to listened on when this returns; its path has no colon
    /// @throws UserError when that is not possible
    public void forward(Path to, int port, String address) throws InterruptedException {
        Command.Finished done =
                SshCommand.forward(config, name, control, to, port, address).run(FORWARD);
        if (!done.ok()) {
            throw UserError.failed(
                    "port %d of `%s` cannot be reached: %s"
                            .formatted(port, name, Printable.of(done.errors().strip())),
                    "keystone-agent restart " + name);
        }
    }

    /// Takes back what [#forward] did. Where that fails there is nothing to take back.
    public void endForward(Path to, int port, String address) throws InterruptedException {
        Command.Finished _ =
                SshCommand.endForward(config, name, control, to, port, address).run(FORWARD);
        try {
            Files.deleteIfExists(to);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take away " + to, e);
        }
    }

    /// Why there is nothing to hear any more.
    public String lastWords() throws InterruptedException {
        boolean _ = errors.join(LAST_WORDS);
        List<String> lines = complaints.lines();
        return lines.isEmpty() ? "the connection ended" : lines.getLast();
    }

    @Override
    public void close() {
        ssh.close();
    }
}
