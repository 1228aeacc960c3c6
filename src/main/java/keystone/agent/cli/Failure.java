package keystone.agent.cli;

import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import keystone.agent.model.Printable;
import keystone.agent.model.Reason;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// Says what went wrong in two lines, with what a program said about it in between, and turns it
/// into an exit code.
final class Failure {
    private static final String PROBLEM = "error: ";
    private static final String FIX = "fix:   ";

    /// ENOSPC, as the C library says it.
    private static final String FULL = "No space left on device";

    private final PrintStream err;
    private final boolean debug;

    Failure(PrintStream err, boolean debug) {
        this.err = err;
        this.debug = debug;
    }

    int report(UserError error) {
        print(error.problem(), error.quoted(), error.fix());
        trace(error);
        return error.kind().exitCode();
    }

    /// What nobody foresaw.
    int report(RuntimeException surprise) {
        String said = surprise.getMessage();
        Throwable cause = surprise.getCause();
        String why = said == null ? surprise.getClass().getSimpleName() : said;
        String because = cause == null || cause.getMessage() == null ? "" : Reason.of(cause);
        print(joined(why, because), List.of(), whereToLook(cause == null ? surprise : cause));
        trace(surprise);
        return UserError.Kind.FAILED.exitCode();
    }

    /// Without saying again which file it is.
    private static String joined(String what, String because) {
        int end = because.indexOf(": ");
        boolean isSaid = end > 0 && what.endsWith(" " + because.substring(0, end));
        String rest = isSaid ? because.substring(end + 2) : because;
        return rest.isEmpty() ? what : what + ": " + rest;
    }

    /// Names what to look at: of a file that cannot be had, who owns it and everything above it.
    private static String whereToLook(Throwable failure) {
        boolean ofItsPlace =
                failure instanceof AccessDeniedException
                        || failure instanceof NoSuchFileException
                        || failure instanceof NotDirectoryException;
        if (ofItsPlace) {
            String file = ((FileSystemException) failure).getFile();
            return "namei -l " + ShellWord.quote(String.valueOf(file));
        }
        return Reason.of(failure).contains(FULL)
                ? "make room: df -h"
                : "run it again with --debug, and keystone-agent doctor";
    }

    private void print(String problem, List<String> quoted, String fix) {
        err.println(PROBLEM + Printable.of(problem));
        quoted.forEach(line -> err.println("  " + Printable.of(line)));
        if (!fix.isEmpty()) {
            // Further lines of a fix stand under the first.
            String indented = Printable.lines(fix).replace("\n", "\n" + " ".repeat(FIX.length()));
            err.println(FIX + indented);
        }
    }

    private void trace(RuntimeException error) {
        if (debug) {
            error.printStackTrace(err);
        }
    }
}
