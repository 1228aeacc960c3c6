package keystone.agent.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The host's side of a talk with the program of ours in the guest that serves those who know no
/// proxy: the resource `exit/redirect.py`, which answers DNS and takes TCP connections to the port
/// that is forwarded. It asks for each name whether it may be looked up, and believes what it
/// hears.
///
/// It is the guest's, so nothing that it says is trusted: it can only ask, and get an answer.
public final class Redirector implements MasterConnection.Talk {
    /// Where its program listens in the guest: for names, and for connections that are redirected.
    public static final List<Integer> PORTS = List.of(53, 3129);

    /// In the directory of a boot's config: the program, and what the guest's init tells its
    /// kernel for it.
    static final String FILE = "redirect.py";

    static final String RULES_FILE = "exit.nft";

    /// Starts it, and again whenever it ends before its host has gone. The shell stays, and with it
    /// the token that its environment shows.
    static final String COMMAND =
            "while ! python3 -I -S /run/keystone/"
                    + FILE
                    + " 2>&1; do echo ended; sleep 1; done; exit 0";

    private static final String PROGRAM = "/exit/redirect.py";
    private static final String RULES = "/exit/rules.nft";
    private static final String UP = "up";
    private static final String ENDED = "ended";
    private static final String FAILED = "failed ";
    private static final String QUESTION = "may ";

    private final Listener listener;

    Redirector(Listener listener) {
        this.listener = listener;
    }

    /// Whoever decides, and whoever wants to know. Called by one thread at a time.
    public interface Listener {
        /// It serves from now on.
        void serves();

        /// It does not serve, or not any more.
        ///
        /// @param why as the guest says it
        void ended(String why);

        /// Why a program of the guest may not look a name up; empty when it may.
        ///
        /// @param name as the guest asks for it
        Optional<String> refusal(String name);
    }

    static String program() {
        return resource(PROGRAM);
    }

    static String rules() {
        return resource(RULES);
    }

    private static String resource(String path) {
        try (InputStream in = Objects.requireNonNull(Redirector.class.getResourceAsStream(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    @Override
    public void run(GuestText from, OutputStream to) throws IOException {
        String lastWords = "it ended without a word";
        try {
            for (String line = from.line(); line != null; line = from.line()) {
                if (line.startsWith(QUESTION)) {
                    to.write(answer(line.substring(QUESTION.length())));
                    to.flush();
                } else {
                    lastWords = heard(line, lastWords);
                }
            }
        } finally {
            listener.ended("the connection that it needs has ended");
        }
    }

    /// @return what it said last of itself
    private String heard(String line, String lastWords) {
        if (line.equals(UP)) {
            listener.serves();
            return "it ended without a word";
        }
        if (line.equals(ENDED)) {
            listener.ended(lastWords);
            return lastWords;
        }
        return line.startsWith(FAILED) ? line.substring(FAILED.length()) : line;
    }

    /// One line of printable ASCII, whatever is asked for.
    private byte[] answer(String name) {
        @Nullable String refusal = listener.refusal(name).orElse(null);
        String answer = refusal == null ? "yes " + name : "no " + name + " " + refusal;
        return (answer.replaceAll("[^ -~]", "?") + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
