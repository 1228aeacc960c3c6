package keystone.agent.guest;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import keystone.agent.model.SandboxName;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;

/// The guest's end of one copy, and what it has to say about it.
final class CopyStream implements Owned.Ending {
    private static final Duration END = Duration.ofMinutes(1);
    private static final int MOST_SAID = 4 << 10;

    /// GNU tar's: some file changed while it was read.
    private static final int CHANGED = 1;

    private final SandboxName name;
    private final OwnedProcess ssh;
    private final Thread listening;
    private volatile String said = "";
    private volatile boolean stoppedTaking;

    CopyStream(SandboxName name, Path config, String script) {
        this.name = name;
        this.ssh = SshCommand.shared(config, name, script).start();
        this.listening = Thread.ofPlatform().daemon().name("copy").start(this::listen);
    }

    /// The guest's part of the copy went wrong, in its own words: hostile.
    static final class GuestFailed extends IOException {
        private static final long serialVersionUID = 1L;

        GuestFailed(String words) {
            super(words);
        }
    }

    private void listen() {
        try (InputStream errors = ssh.errors()) {
            said = new String(errors.readNBytes(MOST_SAID), StandardCharsets.UTF_8);
            errors.transferTo(OutputStream.nullOutputStream());
        } catch (IOException ended) {
            // What was said is said.
        }
    }

    InputStream fromGuest() throws IOException {
        ssh.input().close();
        return ssh.output();
    }

    /// Remembers whether it was the guest that broke it.
    OutputStream toGuest() {
        return new FilterOutputStream(ssh.input()) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    out.write(bytes, offset, length);
                } catch (IOException e) {
                    stoppedTaking = true;
                    throw e;
                }
            }
        };
    }

    boolean stoppedTaking() {
        return stoppedTaking;
    }

    /// Waits for the guest's end of it.
    ///
    /// @throws GuestFailed when the guest says that it did not work
    /// @throws keystone.agent.model.UserError when the guest cannot be reached
    void finish() throws GuestFailed, InterruptedException {
        OptionalInt status = ssh.awaitExit(END);
        listening.join(END);
        if (status.isEmpty()) {
            throw new GuestFailed("it did not end");
        }
        int code = status.getAsInt();
        if (code == SshFailure.STATUS) {
            throw SshFailure.of(said).toError(name, null);
        }
        boolean onlyChanged = code == CHANGED && said.contains("file changed as we read it");
        if (code != 0 && !onlyChanged) {
            throw new GuestFailed(
                    said.isBlank() ? "it gave no reason" : said.strip().lines().findFirst().get());
        }
    }

    @Override
    public void close() {
        ssh.close();
    }
}
