package keystone.agent.workspace;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.Printable;
import keystone.agent.model.Share;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Complaints;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;
import keystone.agent.process.Signal;

/// A running virtiofsd, which serves one share to one machine, to its end. Thread-safe.
final class VirtiofsServer implements Owned.Ending {
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /// Such as `[2026-01-02T03:04:05Z ERROR virtiofsd] `.
    private static final Pattern SPEAKER = Pattern.compile("\\[\\S+ +[A-Z]+ +[^\\]]*\\] ");

    /// What Rust's runtime says when a thread ends of a defect, and the line after it, which says
    /// of which one, or where. The thread that serves is the only one, but the process stays:
    /// whoever in the guest touches the share would wait for ever.
    private static final Pattern PANIC =
            Pattern.compile("thread [^\n]* panicked at [^\n]*\n([^\n]+)\n");

    private final OwnedProcess process;
    private final Share share;
    private final ServicePlace place;
    private final Path socket;
    private final Complaints complaints = new Complaints(SPEAKER);
    private final Thread errors;
    private volatile boolean serves;
    private volatile boolean closed;

    private VirtiofsServer(OwnedProcess process, Share share, ServicePlace place, Path socket) {
        this.process = process;
        this.share = share;
        this.place = place;
        this.socket = socket;
        this.errors =
                PipeThread.start(
                        "virtiofsd", () -> complaints.read(process.errors(), this::endIfPanicked));
        PipeThread.start("virtiofsd", () -> discard(process.output()));
    }

    /// Starts it; it does not listen yet.
    static VirtiofsServer start(
            Command command,
            Share share,
            ServicePlace place,
            Path socket,
            ShareService.Listener listener) {
        OwnedProcess process = command.start();
        var server = new VirtiofsServer(process, share, place, socket);
        process.onExit(
                status ->
                        Thread.ofVirtual()
                                .name("end of virtiofsd")
                                .start(() -> server.conclude(status, listener)));
        return server;
    }

    private void endIfPanicked() {
        if (PANIC.matcher(complaints.text()).find()) {
            process.signalGroup(Signal.KILL);
        }
    }

    private static void discard(InputStream output) {
        try (output) {
            output.transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            // Its end, which is reported as such.
        }
    }

    /// From now on its end is news: until then whoever starts it sees that it failed.
    void serve() {
        serves = true;
    }

    Path socket() {
        return socket;
    }

    /// The process id of the first process of its chain.
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw UserError.failed(
                    "virtiofsd, which serves " + served() + ", has ended",
                    place.withoutVirtiofsd());
        }
    }

    /// The last of what it said.
    String complaint() throws InterruptedException {
        errors.join(LAST_WORDS);
        List<String> lines = complaints.lines();
        return lines.isEmpty() ? "it ended without a word" : lines.getLast();
    }

    private void conclude(int status, ShareService.Listener listener) {
        try {
            errors.join(LAST_WORDS);
        } catch (InterruptedException nobodyInterruptsThisThread) {
            Thread.currentThread().interrupt();
        }
        if (serves && !closed) {
            listener.ended(status, "virtiofsd, which serves " + served() + ", " + how(status));
        }
    }

    private String served() {
        return Printable.of(share.host().toString());
    }

    private String how(int status) {
        Matcher panic = PANIC.matcher(complaints.text());
        if (panic.find()) {
            return "broke down at a request of the guest: " + Printable.of(panic.group(1));
        }
        if (status > 128) {
            return "was killed by signal " + (status - 128);
        }
        List<String> lines = complaints.lines();
        return "ended with status " + status + (lines.isEmpty() ? "" : ": " + lines.getLast());
    }

    @Override
    public void close() {
        closed = true;
        process.close();
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + socket, e);
        }
    }
}
