package keystone.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Input and output, and which of them a person sits at.
///
/// @param out for results
/// @param err for news, progress and errors
public record Streams(
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Reader outReader) {
    /// Who reads results.
    public enum Reader {
        /// A program, which may have had enough, as `head` has.
        PROGRAM,
        /// A file, a terminal: whatever is to have all.
        ANY
    }

    /// This process's own.
    public static Streams ofProcess() {
        return new Streams(
                System.in,
                System.out,
                System.err,
                isTerminal(0),
                isTerminal(1),
                isTerminal(2),
                open(1).startsWith("pipe:") ? Reader.PROGRAM : Reader.ANY);
    }

    /// From the name of what is open: isatty(3) would cost the native-call machinery.
    private static boolean isTerminal(int descriptor) {
        String name = open(descriptor);
        return name.startsWith("/dev/pts/")
                || name.startsWith("/dev/tty")
                || name.equals("/dev/console");
    }

    private static String open(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    /// Flushes, and says whether results are missing where they ought to be.
    boolean areResultsLost() {
        return out.checkError() && outReader == Reader.ANY;
    }

    /// Whether somebody can be asked.
    boolean canAsk() {
        return inIsTerminal && errIsTerminal;
    }

    /// Whether somebody can work in a terminal session.
    boolean canAttach() {
        return inIsTerminal && outIsTerminal;
    }
}
