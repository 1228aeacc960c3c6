package keystone.agent.guest;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;

/// Says why a copy failed.
final class CopyFailure {
    private static final int LONGEST = 300;

    private CopyFailure() {}

    /// @param name whose files were copied
    /// @param what was to be done, such as `copy it into the sandbox`
    static UserError of(SandboxName name, String what, IOException cause) {
        return new UserError(
                UserError.Kind.FAILED,
                "cannot " + what + ": " + reason(cause),
                fix(name, cause),
                cause);
    }

    private static String reason(IOException cause) {
        return switch (cause) {
            case EOFException _ -> "what the guest sent ends too early";
            case TarReader.NotTar hostile ->
                    "what the guest sent is not an archive of ours: " + words(hostile);
            case FileSystemException file -> lastName(file) + " " + why(file);
            default -> words(cause);
        };
    }

    /// The path leads through a descriptor, which tells nobody anything.
    private static String lastName(FileSystemException failure) {
        Path last = failure.getFile() == null ? null : Path.of(failure.getFile()).getFileName();
        return "`" + Printable.of(String.valueOf(last)) + "`";
    }

    private static String why(FileSystemException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "may not be touched by you";
            case NotDirectoryException _ -> "is not a directory, or is a link to one";
            case NoSuchFileException _ -> "is not there";
            case NotLinkException _ -> "was exchanged for something else meanwhile";
            default ->
                    failure.getReason() == null
                            ? failure.getClass().getSimpleName()
                            : Printable.of(failure.getReason());
        };
    }

    private static String words(IOException cause) {
        String words = String.valueOf(cause.getMessage());
        return Printable.of(words.length() > LONGEST ? words.substring(0, LONGEST) : words);
    }

    private static String fix(SandboxName name, IOException cause) {
        return cause instanceof CopyStream.GuestFailed
                ? "check the path inside with `keystone-agent exec " + name + " -- ls -ld PATH`"
                : "check the path on this host with `ls -ld PATH`";
    }
}
